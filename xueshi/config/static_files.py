"""How collected static files are stored."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class DigestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the base class ships no types
    """Names with a digest and compressed copies. Source maps of vendor files are not served, so none are looked for."""

    patterns = tuple(
        (glob, tuple(one for one in found if "sourceMappingURL" not in str(one)))
        for glob, found in CompressedManifestStaticFilesStorage.patterns
        if glob == "*.css"
    )
