from typing import Any


def describe(plan: Any) -> str:
    return f"<Plan on {plan.executor.name}>"
