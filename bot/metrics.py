"""What operators watch, for Prometheus; never a label or value that comes from a person."""

from prometheus_client import Counter, Gauge, Histogram

turn_seconds = Histogram(
    "pes_turn_seconds",
    "Time from taking a message to its committed reply",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
turn_failures = Counter("pes_turn_failures", "Turns that raised and will be tried again")
held_turns = Counter("pes_held_turns", "Turns that wait because the engine did not answer")
engine_up = Gauge("pes_engine_up", "1 while the engine answers")
messages_received = Counter("pes_messages_received", "Messages stored, by channel", ["channel"])
detections = Counter("pes_safety_detections", "What the safety gate found", ["level", "category"])
alarms_ringing = Gauge("pes_alarms_ringing", "Alarms that nobody has acknowledged")
alarm_oldest_seconds = Gauge("pes_alarm_oldest_seconds", "How long the oldest of these has been ringing")
alarms_stuck = Gauge("pes_alarms_stuck", "Alarm messages of ringing alarms that do not get through", ["way"])
alarms_sent = Counter("pes_alarms_sent", "Tries to send an alarm, by way and outcome", ["way", "outcome"])
bundles_sent = Counter("pes_bundles_sent", "Enrollments handed to the FHIR server, by outcome", ["outcome"])
texts_sent = Counter("pes_texts_sent", "Text messages handed to the provider, by outcome", ["outcome"])
