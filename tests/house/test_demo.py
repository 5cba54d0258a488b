"""The demonstration as a stranger starts it, on a smaller market: from nothing to pages one can sign in to."""

import re
import signal
import subprocess
from pathlib import Path

import httpx
from test_supervisor import LENDMILL, environment

SIGNED_IN = re.compile(r"^  (\S+) +(\S+) +.+ \((.+)\)$", re.M)


def test_the_demonstration_runs_from_nothing_to_its_pages_and_ends_in_order(tmp_path: Path) -> None:
    command = [*LENDMILL, "demo", "--sellers", "100", "--days", "1"]
    with subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            for line in process.stdout:
                said += line
                if line.startswith("Ctrl-C stops"):
                    break
            assert "lendmill is ready" in said, said
            for what, done in (
                ("making up a market", 100),
                ("learning a scorecard", 6),
                ("living through the season", 2),
            ):
                assert f"{what}: {done} done\n" in said
            people = {role: (name, password) for name, password, role in SIGNED_IN.findall(said)}
            assert {"seller", "analyst", "admin"} <= set(people)
            with httpx.Client(base_url=re.findall(r"pages  (\S+)", said)[0], follow_redirects=True) as visitor:
                visitor.get("/sign-in")
                name, password = people["analyst"]
                form = {"name": name, "password": password, "_csrf_token": visitor.cookies["csrftoken"]}
                visitor.post("/sign-in", data=form).raise_for_status()
                assert (
                    "day end"
                    in visitor.get("/staff", headers={"Accept-Language": "en"}).raise_for_status().text.lower()
                )
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
