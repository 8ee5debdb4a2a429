"""Rules on the API, on identity and on SFTP. Each returns its findings."""

from __future__ import annotations

import json
import re

from quitus.web.routes import every_route, public
from quitus.web.routing import Route

from .model import Template, Tree, target

PUBLIC = {
    ("GET", "/v1/openapi.json"): 10,
    ("GET", "/p/{token}"): 200,
    ("GET", "/p/{token}/qr.svg"): 50,
    ("POST", "/p/{token}/checkout"): 20,
    ("POST", "/v1/psp/{provider}/events"): 50,
}
"""What needs no token, and how often it is answered in a second at most."""
STATUSES = {
    "UNAUTHORIZED": 401,
    "EXPIRED_TOKEN": 401,
    "ACCESS_DENIED": 403,
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "RESOURCE_NOT_FOUND": 404,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    "QUOTA_EXCEEDED": 429,
    "BAD_REQUEST_BODY": 400,
    "INTEGRATION_FAILURE": 502,
    "INTEGRATION_TIMEOUT": 504,
}
DEFAULTS = {"DEFAULT_4XX", "DEFAULT_5XX"}
PASSING = {"INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "THROTTLED"}
MOST_ROUTES = 45
HIDDEN = ("$context.path", "$context.resourceId", "$context.identity", "$context.authorizer.claims.email")


def _api(template: Template) -> Tree:
    return dict(template.props("Serverless::Api")["Api"])


def tokens_need_the_scope(template: Template) -> list[str]:
    auth = _api(template).get("Auth", {})
    staff = auth.get("Authorizers", {}).get("Staff", {})
    findings = []
    if auth.get("DefaultAuthorizer") != "Staff":
        findings.append("routes are open by default")
    if target(staff.get("UserPoolArn")) != "UserPool" or staff.get("AuthorizationScopes") != ["quitus/api"]:
        findings.append("ID tokens, or access tokens without the scope, pass")
    return findings


def only_pages_webhooks_and_the_description_are_public(template: Template) -> list[str]:
    return [
        f"{method} {path} needs no token"
        for method, path, event in _routes(template)
        if "Auth" in event and (method, path) not in PUBLIC
    ]


def gateway_knows_the_routes_of_the_code(template: Template) -> list[str]:
    """No word that the code does not serve, every route of the code by one event, which is one statement of the
    function's policy; that holds some 45.
    """
    told, served = [(method, path) for method, path, _ in _routes(template, "StaffApiFunction")], every_route()
    findings = [
        f"{method} {path} is no route of the code"
        for method, path in told
        if not any(_leads((method, path), route) for route in served)
    ]
    findings += [
        f"{route.method} {route.path} does not reach the code"
        for route in served
        if sum(_leads(event, route) for event in told) != 1
    ]
    described = {(route.method, route.path) for route in public.ROUTES}
    findings += [
        f"{method} {path} is public, and not described"
        for method, path, _ in _routes(template, "PayPageFunction")
        if (method, path) not in described
    ]
    if len(told) > MOST_ROUTES:
        findings.append(f"{len(told)} routes do not fit in the function's policy")
    return findings + [
        f"{method} {path} has no gateway of ours"
        for method, path, one in _routes(template)
        if target(one.get("RestApiId")) != "Api"
    ]


def _leads(event: tuple[str, str], route: Route) -> bool:
    """Whether the gateway gives requests of the route to the event."""
    method, path = event
    beginning = path.removesuffix("{proxy+}")
    same = route.path == path if beginning == path else route.path.startswith(beginning)
    return method == route.method and same


def only_a_rest_api_is_open(template: Template) -> list[str]:
    findings = [f"{name} is an HTTP API" for name in template.of("Serverless::HttpApi", "ApiGatewayV2::Api")]
    return [*findings, "other sites' pages may call the API"] if "Cors" in _api(template) else findings


def _routes(template: Template, owner: str | None = None) -> list[tuple[str, str, Tree]]:
    events = [(name, event) for name, _, event in template.events("Api")]
    return [(event["Method"], event["Path"], event) for name, event in events if owner in (None, name)]


def gateway_errors_have_our_body(template: Template) -> list[str]:
    responses = _api(template).get("GatewayResponses", {})
    findings = [f"{kind} has the gateway's body" for kind in sorted((STATUSES.keys() | DEFAULTS) - responses.keys())]
    for kind, response in responses.items():
        if kind in STATUSES and response.get("StatusCode") != STATUSES[kind]:
            findings.append(f"{kind} answers {response.get('StatusCode')}")
        if not _is_our_body(response.get("ResponseTemplates", {}).get("application/json", "")):
            findings.append(f"{kind} has another body")
        if response.get("ResponseParameters", {}).get("Headers", {}).get("Cache-Control") != "'no-store'":
            findings.append(f"{kind} may be cached")
        if kind in PASSING and "Retry-After" not in response.get("ResponseParameters", {}).get("Headers", {}):
            findings.append(f"{kind} does not say when to try again")
    return findings


def _is_our_body(body: str) -> bool:
    text = body.replace("$context.error.messageString", '"text"')
    if not text.startswith("{"):
        return False
    error = json.loads(text).get("error", {})
    return set(error) == {"code", "message", "detail"} and error["detail"] == {}


def callers_are_throttled(template: Template) -> list[str]:
    settings = {(one["ResourcePath"], one["HttpMethod"]): one for one in _api(template).get("MethodSettings", [])}
    findings = []
    public = [((f"/{path.replace('/', '~1')}", method), highest) for (method, path), highest in PUBLIC.items()]
    for place, highest in ((("/*", "*"), 100), *public):
        limits = settings.get(place, {})
        if (
            not 0 < limits.get("ThrottlingRateLimit", 0) <= highest
            or not 0 < limits.get("ThrottlingBurstLimit", 0) <= 2 * highest
        ):
            findings.append(f"{place} is not throttled")
    return findings


def requests_are_logged_without_their_path(template: Template) -> list[str]:
    log = _api(template).get("AccessLogSetting", {})
    written = log.get("Format", "")
    findings = []
    if target(log.get("DestinationArn")) not in template.props("Logs::LogGroup"):
        findings.append("requests are not logged")
    if "$context.resourcePath" not in written or any(hidden in written for hidden in HIDDEN):
        findings.append("a link's token or a person's address gets into the log")
    return findings + [
        f"{one['ResourcePath']} writes whole requests into a log without a key"
        for one in _api(template).get("MethodSettings", [])
        if one.get("DataTraceEnabled") is not False or one.get("LoggingLevel") != "OFF"
    ]


def firewall_stands_before_the_api(template: Template) -> list[str]:
    acls = template.props("WAFv2::WebACL")
    findings = []
    if not any(
        target(one.get("WebACLArn")) in acls and "${Api.Stage}" in str(one.get("ResourceArn"))
        for one in template.props("WAFv2::WebACLAssociation").values()
    ):
        findings.append("no firewall stands before the API")
    for name, acl in acls.items():
        rules = acl.get("Rules", [])
        if not any(0 < _rate(rule) <= 5000 and "Block" in rule.get("Action", {}) for rule in rules):
            findings.append(f"{name} lets one address send without bound")
        if any(
            view["SampledRequestsEnabled"]
            for view in [acl["VisibilityConfig"], *(one["VisibilityConfig"] for one in rules)]
        ):
            findings.append(f"{name} keeps samples of paths")
    return findings


def _rate(rule: Tree) -> int:
    return int(rule["Statement"].get("RateBasedStatement", {}).get("Limit", 0))


def people_are_let_in_by_administrators(template: Template) -> list[str]:
    findings = []
    for name, pool in template.props("Cognito::UserPool").items():
        if pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly") is not True:
            findings.append(f"{name} lets anyone sign up")
        if pool.get("MfaConfiguration") != {"Fn::If": ["MfaRequired", "ON", "OPTIONAL"]}:
            findings.append(f"{name} asks for no second factor")
        if pool.get("EnabledMfas") != ["SOFTWARE_TOKEN_MFA"]:
            findings.append(f"{name} takes weak second factors")
        if pool.get("DeletionProtection") != "ACTIVE":
            findings.append(f"{name} can be deleted")
        if pool.get("Policies", {}).get("PasswordPolicy", {}).get("MinimumLength", 8) < 12:
            findings.append(f"{name} takes short passwords")
    return findings


def second_factor_is_the_default(template: Template) -> list[str]:
    findings = []
    if template.tree["Parameters"]["RequireMfa"]["Default"] != "true":
        findings.append("a second factor is not the default")
    rule = template.tree.get("Rules", {}).get("MfaInProd", {})
    if [one.get("Assert") for one in rule.get("Assertions", [])] != [{"Fn::Equals": [{"Ref": "RequireMfa"}, "true"]}]:
        findings.append("prod may run without a second factor")
    return findings


def no_stand_in_takes_cards_on_aws(template: Template) -> list[str]:
    parameter = template.tree["Parameters"]["DemoProviderUrl"]
    findings = [] if parameter["Default"] == "" else ["the stand-in takes cards unless told otherwise"]
    if re.fullmatch(parameter.get("AllowedPattern", ".*"), "https://cards.example.org"):
        findings.append("the stand-in may be anywhere")
    rule = template.tree.get("Rules", {}).get("DemoProviderIsLocal", {})
    if [one.get("Assert") for one in rule.get("Assertions", [])] != [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]:
        findings.append("the stand-in may take cards on AWS")
    return findings


def tokens_get_their_claims_from_us(template: Template) -> list[str]:
    findings = []
    for name, pool in template.props("Cognito::UserPool").items():
        trigger = pool.get("LambdaConfig", {}).get("PreTokenGenerationConfig", {})
        if target(trigger.get("LambdaArn")) != "IssueClaimsFunction" or trigger.get("LambdaVersion") != "V3_0":
            findings.append(f"{name} does not ask for the claims of machines and people")
        if pool.get("UserPoolTier") not in ("ESSENTIALS", "PLUS"):
            findings.append(f"{name} is of a tier whose trigger cannot change access tokens")
    allowed = template.props("Lambda::Permission").get("IssueClaimsPermission", {})
    if allowed.get("Principal") != "cognito-idp.amazonaws.com" or target(allowed.get("SourceArn")) != "UserPool":
        findings.append("the pool may not ask for the claims")
    return findings


def nobody_changes_their_own_landlord(template: Template) -> list[str]:
    findings = []
    for name, client in template.props("Cognito::UserPoolClient").items():
        written = client.get("WriteAttributes")
        if not written or set(written) - {"locale", "name"}:
            findings.append(f"people change their landlord, role or address through {name}")
    return findings


def sign_in_shows_no_password(template: Template) -> list[str]:
    local = {"Fn::If": ["IsLocal", "ALLOW_ADMIN_USER_PASSWORD_AUTH", {"Ref": "AWS::NoValue"}]}
    usual = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", local]
    findings = []
    for name, client in template.props("Cognito::UserPoolClient").items():
        findings += [f"{name} allows {flow}" for flow in client.get("ExplicitAuthFlows", []) if flow not in usual]
        units = client.get("TokenValidityUnits", {})
        if units.get("AccessToken") != "minutes" or client.get("AccessTokenValidity", 999) > 60:
            findings.append(f"{name} gives tokens for over an hour")
        if client.get("PreventUserExistenceErrors") != "ENABLED" or client.get("EnableTokenRevocation") is not True:
            findings.append(f"{name} tells who exists, or cannot take tokens back")
    return findings


def sftp_is_an_option_and_puts_only(template: Template) -> list[str]:
    findings = [
        f"{name} is always there"
        for name, one in template.of("Transfer::Server").items()
        if one.get("Condition") != "SftpEnabled"
    ]
    for name, server in template.props("Transfer::Server").items():
        if server.get("Protocols") != ["SFTP"] or not server.get("SecurityPolicyName", "").startswith(
            "TransferSecurityPolicy-202"
        ):
            findings.append(f"{name} speaks old or plain protocols")
    actions = {
        action
        for statement in template.role_statements()
        if statement.owner == "SftpUserRole"
        for action in statement.actions
        if action.startswith("s3:")
    }
    if actions - {"s3:PutObject"}:
        findings.append("banks read or delete drops")
    return findings + [f"{name} is not made at run time" for name in template.of("Transfer::User")]


RULES = (
    tokens_need_the_scope,
    only_pages_webhooks_and_the_description_are_public,
    gateway_knows_the_routes_of_the_code,
    only_a_rest_api_is_open,
    gateway_errors_have_our_body,
    callers_are_throttled,
    requests_are_logged_without_their_path,
    firewall_stands_before_the_api,
    people_are_let_in_by_administrators,
    second_factor_is_the_default,
    no_stand_in_takes_cards_on_aws,
    tokens_get_their_claims_from_us,
    nobody_changes_their_own_landlord,
    sign_in_shows_no_password,
    sftp_is_an_option_and_puts_only,
)
