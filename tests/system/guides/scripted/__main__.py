"""Hold all recorded conversations again, print the rate and what is left: `python -m tests.system.guides.scripted`."""

from collections import Counter

from knowledge_base.release import ReleaseStore
from knowledge_base.threads import use_one_thread
from tests.system.guides.scripted.rates import as_recorded, hold_all, rates
from tests.system.guides.scripted.records import recorded, situations


def main() -> None:
    """Print the rates beside those of the day of recording, then each conversation that is not passed, and the faults."""
    rows = recorded()
    held = hold_all(ReleaseStore.from_environment().load())
    then, now = as_recorded(), rates(held)
    print(f"{'':<18}{'recorded':>12}{'now':>12}")
    for guide in now:
        print(f"{guide:<18}{then[guide].text:>12}{now[guide].text:>12}")
    typed = [turn for row in held for turn in row.turns[1:]]
    pressed = sum(turn.pressed for turn in typed)
    failed = sum(turn.failures > 0 for turn in typed)
    print(f"\n{len(typed)} messages, {pressed} of them buttons, {failed} not understood")
    print("\nNot passed now:")
    known = situations()
    for row in held:
        if not row.passed:
            print(f"- {row.situation} {row.why_not}\n    right: {known[row.situation].conclusion}")
    print("\nWent wrong when recorded:")
    for guide, recorded_rows in rows.items():
        for row_then in recorded_rows:
            for fault in row_then.faults:
                print(f"- {row_then.situation} {fault.kind}: {fault.words} ({fault.note})")
        kinds = Counter(fault.kind for row_then in recorded_rows for fault in row_then.faults)
        print(f"  {guide}: {dict(kinds)}")


if __name__ == "__main__":
    use_one_thread()
    main()
