"""`python -m maskgate` is the `maskgate` command."""

from maskgate.cli import main

if __name__ == "__main__":
    main()
