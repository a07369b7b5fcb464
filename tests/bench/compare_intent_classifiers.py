"""Compare LogisticRegressionClassifier with DIETClassifier on the assistant's own data.

    HUFA_RASA_PYTHON=/path/to/rasa/python .venv/bin/python -m tests.bench.compare_intent_classifiers --epochs 5 20

Needs the Rasa environment (HUFA_RASA_PYTHON, or .venv-rasa at the root). Everything it writes goes to a temporary
folder. Prints a Markdown table; docs/adr/0004-intent-classifier.md quotes one run of it.

For every candidate it trains on all of bot/data, tests on bot/tests/nlu/test_nlu.yml, trains again on a stratified 80 %
and tests on the other 20 %, and puts load on `rasa run` with an action server that answers at once.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.compare.processes import RASA_QUIET, ROOT

SMALL_TALK_KEPT = 0.90  # for the comparison at equal service: each classifier's own threshold keeps this share


def enter_rasa_environment():
    """Restart under the Rasa environment's python unless this already is it."""
    try:
        import rasa  # noqa: F401
    except ImportError:
        python = os.environ.get("HUFA_RASA_PYTHON") or str(ROOT / ".venv-rasa/bin/python")
        if os.environ.get("HUFA_BENCH_RESTARTED") or not Path(python).exists():
            sys.exit("Rasa is not installed here: set HUFA_RASA_PYTHON to the python of the Rasa environment.")
        os.environ["HUFA_BENCH_RESTARTED"] = "1"
        os.chdir(ROOT)  # where the module is found
        os.execv(python, [python, "-m", "tests.bench.compare_intent_classifiers", *sys.argv[1:]])  # noqa: S606


def read_examples(paths):
    """(intent, text) of every example in the given NLU files; our files hold plain `- text` lines only."""
    examples, intent = [], None
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("- intent: "):
                intent = line.removeprefix("- intent: ").strip()
            elif line.startswith("    - "):
                examples.append((intent, line[6:].strip()))
    return [e for e in examples if e[0] != "choose"]


def write_examples(examples, path):
    intents = sorted({intent for intent, _ in examples})
    out = ['version: "3.1"', "nlu:"]
    for intent in intents:
        out += [f"- intent: {intent}", "  examples: |"]
        out += [f"    - {text}" for i, text in examples if i == intent]
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def stratified(examples, share, seed):
    rng, train, test = random.Random(seed), [], []
    for intent in sorted({i for i, _ in examples}):
        rows = [e for e in examples if e[0] == intent]
        rng.shuffle(rows)
        cut = round(len(rows) * share)
        train += rows[:cut]
        test += rows[cut:]
    return train, test


def write_config(classifier, path):
    """config.yml with another intent classifier; everything else stays."""
    from rasa.shared.utils.io import read_yaml_file, write_yaml

    config = read_yaml_file(ROOT / "config.yml")
    config["pipeline"] = [
        classifier if classifier and step["name"] == "LogisticRegressionClassifier" else step
        for step in config["pipeline"]
    ]
    write_yaml(config, path)


def rasa_train(what, folder, **paths):
    command = [sys.executable, "-m", "rasa", "train", *what, "--quiet", "--out", str(folder)]
    for name, value in paths.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    # without a cache of its own a second training of the same data costs nothing
    env = {**os.environ, **RASA_QUIET, "RASA_CACHE_DIRECTORY": str(folder / f"cache-{paths['fixed_model_name']}")}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, folder / f"{paths['fixed_model_name']}.tar.gz"


async def predict(model, texts):
    """Per text: intent and confidence before the fallback, the intent after it, and the time it took."""
    from rasa.core.agent import load_agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # or every parsed message is printed
    agent = await load_agent(model_path=str(model))
    rows = []
    for text in texts:
        at = time.perf_counter()
        parsed = await agent.parse_message(text)
        took = time.perf_counter() - at
        best = next(r for r in parsed["intent_ranking"] if r["name"] != "nlu_fallback")
        rows.append((str(best["name"]), float(best["confidence"]), str(parsed["intent"]["name"]), took))
    return rows


def score(examples, rows):
    truth = [intent for intent, _ in examples]
    f1 = []
    for label in sorted(set(truth)):
        hit = sum(t == label == r[0] for t, r in zip(truth, rows, strict=True))
        said, real = sum(r[0] == label for r in rows), truth.count(label)
        f1.append(2 * hit / (said + real))
    talk = [(t, r) for t, r in zip(truth, rows, strict=True) if t != "ask"]
    asks = [r for t, r in zip(truth, rows, strict=True) if t == "ask"]
    right = sorted((r[1] for t, r in talk if r[0] == t), reverse=True)
    need = int(SMALL_TALK_KEPT * len(talk) + 0.5)
    own_threshold = right[need - 1] if len(right) >= need else 0.0  # 0: it never recognises that much
    return {
        "n": len(truth),
        "asks": len(asks),
        "accuracy": sum(t == r[0] for t, r in zip(truth, rows, strict=True)) / len(truth),
        "macro_f1": statistics.mean(f1),
        "kept": sum(r[2] == t for t, r in talk) / len(talk),
        "swallowed": swallowed(asks),
        "own_threshold": own_threshold,
        "swallowed_own": sum(r[0] != "ask" and r[1] >= own_threshold for r in asks),
    }


def swallowed(rows):
    """Questions that would not reach retrieval."""
    return sum(r[2] not in ("ask", "nlu_fallback") for r in rows)


def resident_megabytes(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


async def measure_serving(model, folder, texts, seconds):
    """Start, memory, one-at-a-time latency and throughput of `rasa run` over REST, actions included."""
    import aiohttp
    from aiohttp import web

    async def answer(_request):
        return web.json_response({"events": [], "responses": [{"custom": {"wording": "bench"}}]})

    app = web.Application(client_max_size=2**26)
    app.router.add_post("/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    actions, port = free_port(), free_port()
    await web.TCPSite(runner, "127.0.0.1", actions).start()
    env = {**os.environ, **RASA_QUIET, "HUFA_ACTIONS_URL": f"http://127.0.0.1:{actions}"}
    command = [sys.executable, "-m", "rasa", "run", "--quiet", "-i", "127.0.0.1", "-p", str(port)]
    command += ["--model", str(model), "--endpoints", str(ROOT / "bot/endpoints.yml")]
    command += ["--credentials", str(ROOT / "bot/credentials.yml")]
    begin = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = await asyncio.create_subprocess_exec(*command, cwd=folder, env=env, **quiet)
    try:
        while True:
            try:
                # "/" answers as soon as the port is open; the model is loaded before that
                await asyncio.to_thread(urllib.request.urlopen, f"http://127.0.0.1:{port}/", None, 2)
                break
            except OSError:
                if server.returncode is not None:
                    raise RuntimeError("rasa run ended before it served") from None
                await asyncio.sleep(0.2)
        started = time.perf_counter() - begin
        url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"

        async def load(session, users, for_seconds):
            took, end, run = [], time.perf_counter() + for_seconds, random.random()

            async def user(number):
                said = 0
                while time.perf_counter() < end:
                    # a conversation has five turns, and nobody sends the next message before the reply
                    body = {"sender": f"{run}-{number}-{said // 5}", "message": texts[(number + said * 7) % len(texts)]}
                    at = time.perf_counter()
                    async with session.post(url, json=body) as reply:
                        if not await reply.json():
                            raise RuntimeError("empty reply")
                    took.append(time.perf_counter() - at)
                    said += 1

            at = time.perf_counter()
            await asyncio.gather(*(user(number) for number in range(users)))
            return took, len(took) / (time.perf_counter() - at)

        async with aiohttp.ClientSession() as session:
            await load(session, 1, 2)  # warm up
            single, _ = await load(session, 1, seconds)
            _, rate = await load(session, 16, seconds)
        return {
            "start": started,
            "p50": statistics.median(single) * 1000,
            "p95": statistics.quantiles(single, n=20)[18] * 1000,
            "rate": rate,
            "rss": resident_megabytes(server.pid),
        }
    finally:
        server.terminate()
        await server.wait()
        await runner.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, nargs="*", default=[5, 20], help="DIET settings to try")
    parser.add_argument("--seconds", type=float, default=8, help="length of each load run")
    parser.add_argument("--seed", type=int, default=42, help="of the 80/20 split and of DIET")
    parser.add_argument("--questions", type=Path, help="text file, one citizen question a line: how many are swallowed")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    args = parser.parse_args()
    enter_rasa_environment()
    os.environ.update(RASA_QUIET)

    nlu = sorted((ROOT / "bot/data/nlu").glob("*.yml"))
    all_examples = read_examples(nlu)
    held_out = read_examples([ROOT / "bot/tests/nlu/test_nlu.yml"])
    train80, test20 = stratified(all_examples, 0.8, args.seed)
    questions = []
    if args.questions:
        questions = [q.strip() for q in args.questions.read_text(encoding="utf-8").splitlines() if q.strip()]

    candidates = [("LogisticRegression", None)]
    for epochs in args.epochs:
        diet = {"name": "DIETClassifier", "epochs": epochs, "entity_recognition": False}
        diet |= {"constrain_similarities": True, "random_seed": args.seed}
        candidates.append((f"DIET, {epochs} epochs", diet))

    folder = Path(tempfile.mkdtemp(prefix="hufa-bench-"))
    results = {}
    try:
        write_examples(train80, folder / "train80.yml")
        for number, (name, classifier) in enumerate(candidates):
            config = folder / f"config{number}.yml"
            write_config(classifier, config)
            seconds, model = rasa_train(
                [],
                folder,
                config=config,
                domain=ROOT / "bot/domain.yml",
                data=ROOT / "bot/data",
                fixed_model_name=f"all{number}",
            )
            _, model80 = rasa_train(
                ["nlu"], folder, config=config, nlu=folder / "train80.yml", fixed_model_name=f"split{number}"
            )
            result = {"train_seconds": seconds}
            # serving first: nothing else of ours may use the processor meanwhile
            result["serving"] = asyncio.run(measure_serving(model, folder, [t for _, t in held_out], args.seconds))
            rows = asyncio.run(predict(model, [t for _, t in held_out] + questions))
            result["held_out"] = score(held_out, rows[: len(held_out)])
            result["nlu_p50"] = statistics.median(r[3] for r in rows) * 1000
            result["questions"] = {"n": len(questions), "swallowed": swallowed(rows[len(held_out) :])}
            result["split"] = score(test20, asyncio.run(predict(model80, [t for _, t in test20])))
            results[name] = result
            print(f"{name}: {json.dumps(result)}", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    print(table(results))


def table(results):
    def both(key, show):
        return lambda r: f"{show(r['held_out'][key])} / {show(r['split'][key])}"

    def at_equal_service(r):
        return " / ".join(
            "{swallowed_own} of {asks} (at {own_threshold:.3f})".format(**r[k]) for k in ("held_out", "split")
        )

    rows = [
        ("accuracy, held out / 20 %", both("accuracy", "{:.3f}".format)),
        ("macro F1, held out / 20 %", both("macro_f1", "{:.3f}".format)),
        ("small talk recognised above the threshold, held out / 20 %", both("kept", "{:.1%}".format)),
        (
            "questions swallowed, held out / 20 %",
            lambda r: " / ".join(f"{r[k]['swallowed']} of {r[k]['asks']}" for k in ("held_out", "split")),
        ),
        (f"questions swallowed when {SMALL_TALK_KEPT:.0%} of small talk is kept", at_equal_service),
        ("further questions swallowed", lambda r: "{swallowed} of {n}".format(**r["questions"])),
        ("`rasa train`, s", lambda r: f"{r['train_seconds']:.0f}"),
        ("start of `rasa run`, s", lambda r: f"{r['serving']['start']:.0f}"),
        ("classifying alone, p50 ms", lambda r: f"{r['nlu_p50']:.1f}"),
        ("REST messages/s, 16 at a time", lambda r: f"{r['serving']['rate']:.0f}"),
        ("REST p50 / p95 ms, one at a time", lambda r: "{p50:.1f} / {p95:.1f}".format(**r["serving"])),
        ("memory while serving, MB", lambda r: f"{r['serving']['rss']:.0f}"),
    ]
    lines = ["| | " + " | ".join(results) + " |", "|---" * (len(results) + 1) + "|"]
    lines += [f"| {title} | " + " | ".join(show(r) for r in results.values()) + " |" for title, show in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
