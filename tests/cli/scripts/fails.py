"""An error two frames deep, with another one behind it."""


def inner():
    try:
        return 1 / 0
    except ZeroDivisionError:
        raise ValueError("a message of the script") from None


if __name__ == "__main__":
    inner()
