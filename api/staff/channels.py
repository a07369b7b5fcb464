"""What the console calls the channels of conversations."""

from api.staff.switches.scopes import CHANNELS

CHANNEL_LABELS = CHANNELS | {"rasa": "程序接口（Rasa）"}
"""By the name that a conversation bears."""
