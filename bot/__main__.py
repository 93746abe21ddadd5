"""`python -m bot`: the terminal without an installed command."""

from bot.cli import main

if __name__ == "__main__":
    main()
