"""The one language of the benchmarks: a line a figure, then a line a bar."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """Prints figures as they come and keeps the bars for the end."""

    bars: list[str] = field(default_factory=list)
    failed: bool = False

    def figure(self, name: str, value: float, unit: str) -> None:
        print(f"{name} {value:.4g} {unit}", flush=True)

    def at_least(self, name: str, value: float, bar: float) -> None:
        self._bar(value >= bar, name, value, bar)

    def at_most(self, name: str, value: float, bar: float) -> None:
        self._bar(value <= bar, name, value, bar)

    def not_measured(self, name: str, why: str) -> None:
        self.bars.append(f"FAIL {name} not_measured {why}")
        self.failed = True

    def verdict(self) -> int:
        """Print every bar and return the exit status: 1 if any failed."""
        for line in self.bars:
            print(line)
        return int(self.failed)

    def _bar(self, passed: bool, name: str, value: float, bar: float) -> None:
        self.bars.append(f"{'PASS' if passed else 'FAIL'} {name} {value:.4g} {bar:g}")
        self.failed |= not passed
