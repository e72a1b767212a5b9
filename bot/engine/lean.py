"""Keeps out of the engine what Rasa imports and this assistant never uses.

Rasa's base classes import modules for training neural networks (with them TensorFlow, JAX, Keras), for drawing plots,
for every chat service it knows, and for two databases: three quarters of the start-up time and half of the memory of an
engine whose config.yml and credentials.yml use none of them. People wait while an engine restarts.

Each module named below is replaced by one that has the names Rasa looks for, and whose contents raise `NotLoaded` when
they are used. So a configuration that does need one of them fails with a clear message; nothing answers wrongly.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

NEURAL_NETWORKS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.utils.tensorflow.model_data": (
        "RasaModelData",
        "FeatureArray",
        "FeatureSignature",
        "ragged_array_to_ndarray",
    ),
    "rasa.utils.tensorflow.model_data_utils": ("convert_to_data_format",),
}
# Looked at while a training is set up, to say which settings do not go together with them. config.yml names its
# components by their full path, so Rasa's list of all of them is not needed either.
COMPONENTS = {
    "rasa.engine.recipes.default_components": ("DEFAULT_COMPONENTS",),
    "rasa.nlu.classifiers.sklearn_intent_classifier": ("SklearnIntentClassifier",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
}
PLOTS: dict[str, tuple[str, ...]] = {"rasa.utils.plotting": ()}
DATABASES = {"boto3.dynamodb.conditions": ("Key",), "pymongo.collection": ("Collection",)}
CHANNELS = {
    f"rasa.core.channels.{module}": (name,)
    for module, name in {
        "socketio": "SocketIOInput",
        "botframework": "BotFrameworkInput",
        "callback": "CallbackInput",
        "console": "CmdlineInput",
        "facebook": "FacebookInput",
        "mattermost": "MattermostInput",
        "rasa_chat": "RasaChatInput",
        "rest": "RestInput",
        "rocketchat": "RocketChatInput",
        "slack": "SlackInput",
        "telegram": "TelegramInput",
        "twilio": "TwilioInput",
        "twilio_voice": "TwilioVoiceInput",
        "webexteams": "WebexTeamsInput",
        "hangouts": "HangoutsInput",
    }.items()
}


class NotLoaded(RuntimeError):
    """Something was used that this process was started without; the message names it."""


def _stand_in(module: str, name: str) -> type:
    def refuse(cls: type, *args: Any, **kwargs: Any) -> None:
        raise NotLoaded(f"{module}.{name} is left out of the engine; see bot/engine/lean.py")

    # Rasa lists its channels by `name()` while it is imported.
    known_as = classmethod(lambda cls: name)
    return type(name, (), {"__module__": module, "__new__": refuse, "name": known_as})


def leave_out_unused() -> None:
    """Replace the modules; call it before the first import of Rasa. Modules already imported stay."""
    for module, names in (NEURAL_NETWORKS | COMPONENTS | PLOTS | DATABASES | CHANNELS).items():
        if module in sys.modules:
            continue
        stand_in = ModuleType(module, "Left out; see bot/engine/lean.py.")
        for name in names:
            setattr(stand_in, name, _stand_in(module, name))
        sys.modules[module] = stand_in
