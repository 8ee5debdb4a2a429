"""The HTTP border: request and answer models, routes, roles."""
