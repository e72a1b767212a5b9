"""Short ways to say a command that leave no doubt, so that no classifier is needed: "skip", "go back", "
""why?"."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold

_LEAD = (
    r"(?:(?:ok|okay|please|well|sorry|wait|no|um+|uh|oh|hey|hi|can you|could you|would you|can we"
    r"|could we|can i|could i"
    r"|may i|i want to|i'?d like to|i need to|i would like to|let'?s|let me|lets|just|por favor|puede"
    r"|podemos|puedo|quiero|quisiera|me gustaria"
    r"|necesito|me puede|podria|oiga|disculpe|perdon|bueno|pues|mejor|yes|si)[ ,.]+)*"
)
_TAIL = (
    r"(?:[ ,.]+(?:please|por favor|now|ok|okay|thanks|thank you|gracias|first|then|for now|right now"
    r"|ahora|primero|anyway"
    r"|de todos modos|i guess|mejor|entonces))*"
)
_ASKED = r"(?: (?:that|this|it|me that|me this|to know(?: that| this)?|for (?:that|this)|eso|esto))?"
_PHRASES: dict[str, str] = {
    "nav/skip": (
        r"skip(?: (?:it|this|that|this one|that one|the question|this question|ahead))?|next(?: question"
        r"| one)?|pass"
        r"|(?:i'?d )?rather not(?: (?:say|answer|tell)(?: that| this| you)?)?"
        r"|(?:i )?(?:would )?prefer not(?: to (?:say|answer))?"
        r"|i don'?t want to (?:say|answer|tell|give)(?: (?:that|this|you|it))*|no comment"
        r"|i don'?t want to talk about (?:that|this|it)(?: (?:right )?now)?"
        r"|(?:de eso )?no quiero hablar(?: de eso| de esto)?(?: ahora)?"
        r"|none of your business|move on"
        r"|leave (?:it|that|this) (?:blank|out|empty)|i'?m not (?:telling|saying)|skip|saltar(?:la|lo)?"
        r"|sáltela|saltela|omitir(?:la)?"
        r"|siguiente(?: pregunta)?|paso|pasar|prefiero no (?:decir|contestar|responder)(?:lo|la)?"
        r"|no quiero (?:decir|contestar|responder)(?:lo|la|le|selo)?(?: (?:eso|esto|esa|esta)(?: pregunta)?)?"
        r"|pasemos(?: a la siguiente)?|la que sigue"
        r"|brincar(?:la)?"
    ),
    "nav/back": (
        r"(?:go )?back(?: (?:one|a step|up|one question))?|previous(?: question| one)?|the (?:last"
        r"|previous) (?:one|question)"
        r"|(?:go )?back to the (?:last|previous)(?: one| question)?|undo|atras|volver|regresar|regrese"
        r"|vuelva|vuelva atras"
        r"|(?:la )?(?:pregunta )?anterior|volver atras|ir atras|regresar(?: a la)? anterior|para atras"
    ),
    "nav/why": (
        rf"why|but why|why not skip|why (?:do|would|did) (?:you|u|they) (?:ask|need|want"
        rf"|have to ask){_ASKED}"
        r"|why (?:do|would) (?:you|u) (?:need|want) (?:my|her|his|the|to know)\b.{0,40}"
        r"|why are you asking(?: me)?(?: that| this)?"
        r"|what (?:is|do you need) (?:it|that|this) for|how come|do i have to(?: (?:say|answer"
        r"|tell you))?|what for"
        r"|por ?que|para que|por que (?:me )?(?:lo )?(?:pregunta|necesita|quiere)(?: (?:eso|esto"
        r"|saber(?:lo)?))?"
        r"|por que (?:necesita|quiere) (?:mi|su|el|la|saber)\b.{0,40}|para que (?:es|lo quiere"
        r"|lo necesita|quiere|necesita).{0,30}"
        r"|tengo que (?:contestar|decir(?:lo)?|responder)"
    ),
    "nav/repeat": (
        r"repeat(?: (?:that|it|the question|yourself))?|say (?:that|it) again|again|come again|pardon"
        r"|what did you say|i missed that"
        r"|repita(?: (?:la pregunta|eso))?|repetir|repitalo|repitame|otra vez|como dijo|mande|de nuevo"
        r"|digalo otra vez"
    ),
    "nav/simpler": (
        r"simpler|easier|more simply|(?:say (?:that|it) )?(?:simpler|in (?:simple|plain|easy"
        r"|other) words)|i don'?t understand(?: (?:the question|that|you|it))?"
        r"|(?:i )?don'?t get it|huh|what do you mean(?: by that)?|what does that mean|i'?m confused|what"
        r"|no entiendo(?: (?:la pregunta|eso))?|no (?:le )?(?:entendi|comprendo)|mas (?:simple|facil"
        r"|sencillo|claro)|que quiere decir(?: eso)?"
        r"|a que se refiere|que|como"
    ),
    "nav/what_asked": (
        r"what (?:did you ask|was the question|were you asking|is the question|was it you asked"
        r"|are you asking)(?: me)?(?: again)?"
        r"|where were we|what was that|que me pregunto|cual (?:era|es) la pregunta|en que (?:ibamos"
        r"|nos quedamos|estabamos)|que preguntaba"
    ),
    "nav/review": (
        r"what (?:have|did) i (?:told|tell|said|say)(?: you)?(?: so far)?|what do you have(?: (?:so far"
        r"|on me|for me))?|what (?:do you know|have you got|have you written)"
        r"(?: (?:so far|about me|down))?|show(?: me)? (?:my answers|what (?:you have|i said|i told you)"
        r"|what you'?ve got)|review(?: my answers)?|summary|my answers"
        r"|que (?:le )?he dicho|que le (?:he dicho|dije)|(?:ver )?mis respuestas|resumen|revisar"
        r"|que (?:tiene|lleva) (?:hasta ahora|apuntado|anotado)"
    ),
    "nav/pause": (
        r"pause|not now|i (?:have|need|got|gotta|have got) to (?:go|leave|run|stop)|gotta go|got to go"
        r"|i'?ll (?:come|be) back(?: later| tomorrow)?"
        r"|(?:i'?ll )?(?:do|finish|continue|save) (?:this|it|the rest)(?: for)? (?:later|another (?:day"
        r"|time)|tomorrow)|later|come back later|take a break|(?:i )?need a break"
        r"|talk later|maybe later|brb|leave|exit|quit|cancel(?: (?:this|it))?|stop(?: (?:this|it"
        r"|asking(?: me)?(?: (?:so many |all these |these )?(?:questions|stuff|things))?|the questions|the sign-?up))?"
        r"|i don'?t want to (?:sign up|do this|continue|go on|answer (?:any )?(?:more )?(?:questions"
        r"|this)|do this now)(?: (?:now|anymore|any more))?|i'?m done(?: for (?:now|today))?"
        r"|i only have (?:a )?questions?|i just have (?:a )?questions?|forget (?:it|about it"
        r"|the sign-?up)|never ?mind"
        r"|ahora no|luego|mas tarde|despues|tengo que irme|me tengo que ir|pausa|hacer una pausa"
        r"|no quiero (?:seguir|continuar|registrarme|inscribirme|contestar mas)(?: ahora)?"
        r"|ya no quiero (?:seguir|contestar)|dejemoslo(?: para (?:despues|otro dia|luego))?"
        r"|dejarlo para (?:despues|luego)|basta|vuelvo (?:luego|despues|mas tarde)"
        r"|solo tengo (?:una pregunta|preguntas)|olvidelo"
    ),
    "nav/finish": (
        r"(?:that'?s|that is|this is|it'?s) (?:enough|plenty|all)(?: (?:for (?:now|today)|i can do"
        r"|i have))?|enough(?: (?:for (?:now|today)|questions|already))?"
        r"|(?:go|skip|jump|get) to the end|skip the rest|let'?s finish|(?:can we )?finish(?: (?:now|here|up|it))?"
        r"|wrap (?:it|this) up|no more questions(?: please)?"
        r"|(?:ya )?(?:es|esta|fue) (?:suficiente|bastante)|(?:ya )?basta de preguntas|eso es todo|es todo"
        r"|no mas preguntas|terminemos|ya terminemos|(?:vamos|ir) al final|saltar el resto|acabemos"
    ),
    "nav/start_over": (
        r"start (?:all )?(?:over|again)(?: from the (?:start|beginning))?|restart|begin again|reset"
        r"|clear (?:everything|my answers|it all)|delete my answers"
        r"|empezar (?:de nuevo|otra vez|desde cero)|comenzar (?:de nuevo|otra vez)|desde (?:el principio"
        r"|cero)|volver a (?:empezar|comenzar)|borrar todo|reiniciar"
    ),
    "nav/more": r"tell me more(?: about (?:that|it))?|more|more about that|say more|go deeper|mas"
    "|digame mas|cuenteme mas|quiero saber mas|saber mas",
    "nav/resume": (
        r"(?:i'?m back|i am back|here i am|ya regrese|ya volvi|aqui estoy)(?: (?:again|now|otra vez|de nuevo))?"
        r"(?:,? (?:and )?(?:let'?s (?:go on|continue|keep going)|we can go on|sigamos|continuemos|podemos seguir))?"
        r"|let'?s (?:go on|continue|keep going)|(?:where were we|en que (?:estabamos|ibamos))"
        r"|go on(?: with (?:my|the) sign-?up)?|continue|keep going|resume|i'?m ready"
        r"|ready|carry on|sign-?up|continuar|sigamos|seguir|siga"
        r"|sign up for care|sign me up|inscribirme|ap[uú]nt[ea]me|anoteme|inscrib[ae]me|registreme"
        r"|inscribirse|seguir con (?:mi|la) inscripcion"
        r"|estoy list[oa]|continuemos"
    ),
    "nav/capabilities": r"help(?: me)?|menu|options|what can you do|what can i (?:ask|say|do)|main menu"
    "|ayuda|ayudame|ayudeme|opciones|que puede hacer|info|en que me puede ayudar",
    "request/human": (
        r"(?:talk|speak|chat)(?:ing)? (?:to|with) (?:a |an |the |your |some )?(?:real |live |actual "
        r"|human )?(?:person|human|human being|someone|somebody|coordinator|agent|representative|rep"
        r"|people|operator|staff|one)"
        r"(?: (?:real|here|there|at the program|on the team|instead|about (?:this|it)))?|(?:a )?(?:real "
        r"|live |actual )?(?:person|human|agent|representative|operator|human being)|get me (?:a "
        r"|an )?(?:person|human|someone)"
        r"|hablar con (?:una |un |el |la |su )?(?:persona|alguien|humano|coordinador|coordinadora|agente"
        r"|representante|operadora?)(?: (?:real|de verdad|de carne y hueso|del equipo))?"
        r"|(?:una )?persona(?: real)?|humano|agente|operadora?|comunicarme con alguien"
    ),
    "request/callback": (
        r"call me(?: back)?(?: (?:instead|today|tomorrow))?|(?:can |could )?(?:someone|somebody"
        r"|you) (?:please )?call me(?: back)?|have (?:someone|somebody) call me"
        r"|llameme|que me llamen|me pueden llamar|pueden llamarme|que alguien me llame|me llaman"
    ),
    "request/phone_line": (
        r"(?:give me|what is|what'?s|what was) (?:the|your|a) (?:phone )?(?:number|line)(?: to call)?"
        r"|i(?:'?d| would)? (?:want|like|rather|prefer) (?:to )?call(?: you)?|call (?:you|the program)"
        r"|phone line|deme (?:el|un|su) (?:numero|telefono)|cual es (?:su|el) (?:numero"
        r"|telefono)(?: de telefono)?|llamarles?|prefiero llamar|linea telefonica"
    ),
    "request/short_path": (
        r"too many questions|so many questions|keep it short|make it short|shorter|short(?: version)?"
        r"|this is (?:too|so|very) long|(?:can you )?make (?:it|this) (?:shorter|quick|quicker)|hurry up"
        r"|i'?m (?:too|so|very|just too|really) (?:tired|weak|worn out|exhausted)(?: for (?:this|all this"
        r"|that))?|i'?m exhausted|demasiadas preguntas|son muchas preguntas|muchas preguntas|mas corto"
        r"|la version corta"
        r"|estoy (?:muy|tan|demasiado) (?:cansad[oa]|debil|agotad[oa])(?: para esto)?|estoy agotad[oa]"
    ),
    "request/english": r"(?:in |speak |switch to )?english(?: only)?|i speak english|do you speak english"
    "|(?:en |hablar )?ingles|hablo ingles",
    "request/spanish": (
        r"(?:in |speak |switch to )?spanish(?: only)?|do you speak spanish|(?:en |hablar )?(?:espanol"
        r"|castellano)|hablas? espanol|habla usted espanol|hablo espanol|solo hablo espanol"
        r"|se habla espanol"
    ),
    "request/copy": (
        r"(?:(?:send|give|text|e-?mail|mail|get|make|have)(?: me| us)? )?(?:a |my |the )?copy"
        r"(?: of (?:this|that|it|my answers|what i (?:said|told you)|what you have))?"
        r"|(?:have|get|see) (?:that|this|it|my answers|what i said) in writing|in writing"
        r"|print (?:this|that|it|my answers)"
        r"|(?:(?:man|de|envi)[a-z]*me |tener |me (?:puede |pueden )?(?:mandar|dar|enviar|da|manda) |enviarme "
        r"|mandarme )?"
        r"(?:una )?copia(?: de (?:esto|eso|mis respuestas|lo que le dije)| por escrito)?"
        r"|(?:tener|ver) (?:esto|eso|mis respuestas) por escrito|tenerlo por escrito|por escrito"
        r"|imprimir (?:esto|mis respuestas)"
    ),
    "request/form": r"(?:plain |the |a )?form|(?:use|fill(?: out| in)?|see|show me) (?:a|the) form"
    "|formulario|(?:usar|llenar|ver) (?:el|un) formulario",
}  # fmt: skip
_FINDERS = {label: re.compile(rf"{_LEAD}(?:{phrases}){_TAIL}") for label, phrases in _PHRASES.items()}


def command_in(text: str) -> str | None:
    """The command a whole message is, as an intent label (`nav/skip`, `request/human`); None when it is "
    "not one."""
    folded = fold(text)
    if not folded or len(folded) > 90:
        return None
    return next((label for label, finder in _FINDERS.items() if finder.fullmatch(folded)), None)
