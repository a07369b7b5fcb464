"""All Prometheus metrics, in one place."""

from prometheus_client import Counter, Histogram

TURNS = Counter("hufa_turns_total", "Turns by channel and outcome family", ["channel", "family"])
TURN_SECONDS = Histogram("hufa_turn_seconds", "From receiving a message to its stored reply", ["channel"])
STEP_SECONDS = Histogram("hufa_step_seconds", "Time of each step of the turn pipeline", ["step"])
DIALOGUE_FAILURES = Counter("hufa_dialogue_failures_total", "Turns that Rasa did not answer", ["reason"])
GUARD_REFUSALS = Counter("hufa_guard_refusals_total", "Replies that held something not reviewed")
FEEDBACK = Counter("hufa_feedback_total", "Feedback by verdict", ["verdict"])
