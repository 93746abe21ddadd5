"""What people can say: one registry that drives dispatch, help, docs and completion."""

from bot.commands.registry import COMMANDS, CommandSpec, answer

__all__ = ["COMMANDS", "CommandSpec", "answer"]
