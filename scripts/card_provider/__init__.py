"""A provider of card payments on HTTP, for the local cloud, the demo and the tests: no money moves, no card is asked
for.

It knows contract.md (payment events, the signature of webhooks) and nothing of Quitus' code.

With its API key (`Authorization: Bearer …`):

    POST /sessions              {amount_cents, currency, checkout_id, landlord_id, …} → {session_id, url}; same
                                Idempotency-Key: same session
    GET  /sessions/{id}         how it stands, and the payment that was made
    POST /sessions/{id}/expire  end it as its own hour would
    POST /refunds               {payment, amount_cents?}: the landlord pays back
    POST /chargebacks           {payment, reason?}: the cardholder's bank takes the money back
    POST /webhook               {url, keys}: where events go, and what signs them
    POST /mode                  {delay_seconds?, copies?, hold?}: how events go from now on; `hold` keeps so many and
                                sends them last first
    GET  /summary               sessions by status, what was delivered and answered

For browsers, without: `GET /pay/{session}` is the hosted page. `POST /configure` {api_key, url, keys} is taken once,
while it has no key.
"""
