"""Every error the house raises on purpose, drawn as one tree; each knows its exit code.

    SluiceError                 an operating error: expected, explained, exit code 2
    ├── UsageError              what was asked cannot be done as asked
    │   ├── StrategyError       the strategy named or submitted
    │   │   ├── StrategyNotFound    no such name (near names are listed)
    │   │   ├── StrategyImportError its file does not import or holds no such class
    │   │   ├── ParamError          a parameter unknown, of the wrong type or out of bounds
    │   │   ├── SignalError         its expression gives NaN, infinities or the wrong type
    │   │   ├── CallbackError       one of its callbacks fails; its own lines are shown
    │   │   ├── LookAheadError      it reads the future
    │   │   └── WarmupError         its window cannot be derived, or the history is too short
    │   └── ConfigError         a configuration file: every wrong field at once
    ├── DataError               market data
    │   ├── MissingData         declared, not there; names the command that brings it
    │   ├── AmbiguousData       several data sets fit the declaration; lists them
    │   ├── BadData             there, but not what it says (columns, times, numbers)
    │   ├── ArchiveUnreachable  a remote archive does not answer, or only with errors
    │   └── QualityRefused      the quality report found errors and the policy refuses them
    └── StorageError            the disk, the registry
        ├── DiskFull            nothing was written half
        └── RegistryBusy        another run holds the registry for too long

What is not in the tree is a programmer's error: it is not caught, it stops the program.
"""

import errno


class SluiceError(Exception):
    """An operating error: the message says what is wrong and what to do next."""

    exit_code = 2


class UsageError(SluiceError):
    """What was asked cannot be done as asked."""


class StrategyError(UsageError):
    """The strategy named or submitted is at fault."""


class StrategyNotFound(StrategyError):
    """No strategy of that name; the message lists near names."""


class StrategyImportError(StrategyError):
    """The strategy's file does not import, or holds no such class."""


class ParamError(StrategyError):
    """A parameter is unknown, of the wrong type or out of bounds."""


class SignalError(StrategyError):
    """A strategy's expression gives NaN, infinities or a value of the wrong type."""


class CallbackError(StrategyError):
    """A callback of a strategy fails; the message shows the author's own lines."""


class LookAheadError(StrategyError):
    """A strategy reads the future; the message names the node, or the row and column."""


class WarmupError(StrategyError):
    """The warm-up cannot be derived, or the history is shorter than it."""


class ConfigError(UsageError):
    """A configuration file is wrong; every wrong field is named at once."""


class DataError(SluiceError):
    """Market data cannot be used."""


class MissingData(DataError):
    """Declared data is not there; the message names the command that brings it."""


class AmbiguousData(DataError):
    """Several data sets fit what was declared; the message lists them."""


class BadData(DataError):
    """A source is there, but not what it says: columns, times or numbers."""


class ArchiveUnreachable(DataError):
    """A remote archive does not answer, or only with errors, also when asked again."""


class QualityRefused(DataError):
    """The quality report found errors and the chosen policy refuses them."""


class StorageError(SluiceError):
    """The disk or the registry failed; nothing was written half."""


class DiskFull(StorageError):
    """No space is left; nothing was written half."""


class RegistryBusy(StorageError):
    """Another process held the registry for too long."""


def is_disk_full(error: OSError) -> bool:
    """Whether the system refused for want of room: a full disk, a quota, a limit on file size."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
