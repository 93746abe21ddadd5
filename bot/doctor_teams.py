"""The part of doctor about Microsoft Teams: app, keys, tenants, and the rights of each optional feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.findings import Finding, Level
from bot.probes import Right, TeamsFacts, TeamsProbes
from bot.settings import TEAMS_FEATURES, Settings
from bot.settings_serve import check_serve

_DOES = {
    "presence": "sets people's presence and status message, and puts back what was there",
    "hours": "offers the working hours of people's calendars at first contact",
    "targeted": "answers privately inside a channel or group chat instead of in the bot's own chat",
}
_TOKEN_ADVICE = {
    "invalid_client": "Make a new client secret (Certificates & secrets) and copy its value, not its id.",
    "unauthorized_client": "Check TEAMS_APP_ID and TEAMS_TENANT_ID: the app is not known in that directory.",
    "invalid_request": "Check TEAMS_TENANT_ID: Microsoft knows no such directory.",
    "invalid_tenant": "Check TEAMS_TENANT_ID: Microsoft knows no such directory.",
}
_UNREACHED = "Check {name} and whether this machine reaches it."


async def examine(settings: Settings, probes: TeamsProbes) -> list[Finding]:
    """Every finding about Teams; nothing is asked of Microsoft before the settings are complete."""
    found = [*_sdk(*probes.sdk())]
    if any(each.check.startswith("TEAMS_") for each in check_serve(settings)):
        return found
    if settings.teams_auth == "off":
        return [*found, _open_door(settings)]
    token = await probes.token()
    found += [_token(token), _keys(await probes.keys()), *_tenants(settings), _endpoint(settings)]
    for feature in TEAMS_FEATURES:
        if feature not in settings.teams_features:
            found.append(_off(feature, probes.needs(feature)))
        elif not token.error:
            found += _on(feature, await probes.rights(feature))
    return found


def _open_door(settings: Settings) -> Finding:
    what = f"TEAMS_AUTH is off: every program on this computer may speak as anybody on port {settings.port}."
    return _note("TEAMS_AUTH", what, "Right for a local test client, and for nothing else.")


def _token(facts: TeamsFacts) -> Finding:
    if not facts.error:
        return _fine("TEAMS_APP_PASSWORD", "Microsoft gives the bot a token for it.")
    do = _TOKEN_ADVICE.get(facts.error, _UNREACHED.format(name="TEAMS_LOGIN_URL"))
    return _problem("TEAMS_APP_PASSWORD", f"Microsoft gives no token for it: {facts.error}.", do)


def _keys(facts: TeamsFacts) -> Finding:
    if facts.error or not facts.count:
        why = facts.error or "none that can be used"
        what = f"The keys that sign Teams' requests cannot be had: {why}."
        return _problem("TEAMS_OPENID_URL", what, _UNREACHED.format(name="TEAMS_OPENID_URL"))
    return _fine("TEAMS_OPENID_URL", f"Of the keys that sign Teams' requests, {facts.count} can be used.")


def _tenants(settings: Settings) -> Iterator[Finding]:
    tenants, own = settings.teams_tenants, settings.teams_tenant_id
    if own and own not in tenants:
        do = "Add it, unless nobody of your own organisation is to use the bot."
        yield _note("TEAMS_ALLOWED_TENANTS", f"Your own tenant {own} is not among those allowed.", do)
    yield _fine("TEAMS_ALLOWED_TENANTS", f"May talk to the bot: {', '.join(tenants)}.")
    if len(tenants) > 1 and own:
        do = "Ask its people to try it; a registration for one organisation answers `unauthorized_client`."
        yield _note("TEAMS_TENANT_ID", "Other organisations need an app registered for several.", do)


def _endpoint(settings: Settings) -> Finding:
    if settings.public_url is None:
        do = "Set BOUNDARY_PUBLIC_URL, so that doctor can name the address that belongs there."
        what = "Not known; in the Azure portal it is your https address with /api/messages."
        return _note("messaging endpoint", what, do)
    what = f"{settings.public_url}/api/messages must stand in the Azure portal: Azure Bot → Configuration."
    return _fine("messaging endpoint", what)


def _off(feature: str, needs: Sequence[Right]) -> Finding:
    rights = " and ".join(right.name for right in needs)
    consent = f"It needs {rights}, to which an admin must consent." if rights else "It needs no consent."
    do = f"With `{feature}` in TEAMS_FEATURES the bot {_DOES[feature]}. {consent}"
    return _fine(feature, "Off.", do)


def _on(feature: str, rights: Sequence[Right]) -> Iterator[Finding]:
    if not rights:
        do = "The app package must be of this version: write a new one with `boundary-bot teams-package`."
        yield _fine(feature, f"On: the bot {_DOES[feature]}.", do)
    for right in rights:
        if not right.error:
            yield _fine(feature, f"On, with {right.name}: {right.why.rstrip('.')}.")
        elif right.error == "status 403":
            where = "Entra admin center → App registrations → your app → API permissions → Application"
            do = f"An admin must consent to {right.name} ({right.why.rstrip('.')}): {where}."
            yield _problem(feature, f"On, but Microsoft Graph refuses: {right.name} is not granted.", do)
        else:
            do = _UNREACHED.format(name="TEAMS_GRAPH_URL")
            yield _problem(feature, f"On, but Microsoft Graph could not be asked: {right.error}.", do)


def _sdk(installed: str, made_for: str) -> Iterator[Finding]:
    if installed == made_for:
        yield _fine(
            "botbuilder-core", f"{installed}, as the work-arounds expect; Microsoft's support has ended."
        )
    else:
        what = f"{installed or 'none'} is installed, the work-arounds are made for {made_for}."
        yield _note("botbuilder-core", what, "Install the locked requirements.")


def _fine(check: str, what: str, do: str = "") -> Finding:
    return Finding(check, Level.FINE, what, do)


def _note(check: str, what: str, do: str) -> Finding:
    return Finding(check, Level.NOTE, what, do)


def _problem(check: str, what: str, do: str) -> Finding:
    return Finding(check, Level.PROBLEM, what, do)
