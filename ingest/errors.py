"""The errors a person sees.

Rule: every error that bad input, a bad file or a busy library can cause derives from `DossierError`; its text
is one sentence that says what, where, and what to do next, and its `exit_status` is what the command line
returns. Anything else that escapes is a defect of ours.
"""


class DossierError(Exception):
    """A problem to be told to a person in one sentence, without a traceback."""

    exit_status = 2


class SettingsError(DossierError):
    """A configuration value, sidecar or option that cannot be used."""


class LibraryBusy(DossierError):
    """Another process is writing this library; trying again later is right (sysexits' EX_TEMPFAIL)."""

    exit_status = 75


class NoLibrary(DossierError):
    """There is no catalogue (or no index yet) where one was expected."""


class IndexDamaged(DossierError):
    """The index does not read; `dossier rebuild` makes it anew from the catalogue."""


class CatalogueDamaged(DossierError):
    """The catalogue, or a value in it, does not read; `dossier rebuild --salvage` keeps what does.

    file: the catalogue. why: what was found, in a few words.
    """

    def __init__(self, file: object, why: object) -> None:
        super().__init__(
            f"{file} is damaged ({why}): restore it from a backup, or run `dossier rebuild --salvage`, which "
            "keeps all that still reads"
        )
