from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SDK = Path(__file__).parents[1]


class WheelTest(unittest.TestCase):
    def test_a_wheel_is_built_offline_and_can_be_imported(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            # A build leaves files beside its sources.
            others = shutil.ignore_patterns(".mypy_cache", "build")
            sources = shutil.copytree(SDK, Path(folder) / "sources", ignore=others)
            options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
            wheels = Path(folder) / "wheels"
            command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(wheels), str(sources)]
            built = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            self.assertEqual(built.returncode, 0, built.stderr)
            (wheel,) = wheels.iterdir()
            names = zipfile.ZipFile(wheel).namelist()
            modules = {str(path.relative_to(SDK / "src")) for path in (SDK / "src").rglob("*.py")}
            self.assertLessEqual({*modules, "pulsewell/py.typed"}, set(names))
            self.assertFalse([name for name in names if name.startswith("tests")])
            self.check_import(wheel)

    def check_import(self, wheel: Path) -> None:
        program = "import pulsewell; print(pulsewell.__file__, pulsewell.PulsewellClient('http://a/api', 'b'))"
        # -I: neither the sources nor PYTHONPATH.
        run = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(wheel)!r}); {program}"]
        printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
        self.assertEqual(printed, f"{wheel}/pulsewell/__init__.py PulsewellClient('http://a:80')\n")
