"""All Prometheus metrics, in one place."""

from prometheus_client import Counter, Histogram

TURNS = Counter("hufa_turns_total", "Turns by channel and outcome family", ["channel", "family"])
TURN_SECONDS = Histogram("hufa_turn_seconds", "From receiving a message to its stored reply", ["channel"])
STEP_SECONDS = Histogram("hufa_step_seconds", "Time of each step of the turn pipeline", ["step"])
DIALOGUE_FAILURES = Counter("hufa_dialogue_failures_total", "Turns that Rasa did not answer", ["reason"])
GUARD_REFUSALS = Counter("hufa_guard_refusals_total", "Replies that held something not reviewed")
FEEDBACK = Counter("hufa_feedback_total", "Feedback by verdict", ["verdict"])
WECHAT_PUSHES = Counter(
    "hufa_wechat_pushes_total", "Pushes of WeChat by kind, refused and malformed ones too", ["kind"]
)
WECHAT_LATE = Counter("hufa_wechat_late_total", "Replies that came after the window, by what became of them", ["fate"])
WECHAT_API_CALLS = Counter("hufa_wechat_api_calls_total", "Calls of WeChat's API by result or code", ["call", "result"])
WECHAT_CIRCUIT_OPENED = Counter("hufa_wechat_circuit_opened_total", "Times WeChat's API was left alone for a while")
WECHAT_FORCED_REFRESHES = Counter("hufa_wechat_forced_refreshes_total", "Access tokens renewed by force")
WECHAT_QUOTA = Counter("hufa_wechat_quota_total", "Customer-service messages asked of the quota, by answer", ["answer"])
