"""The pages of tenants: no account, no password, no cookie; they work without scripts and say nothing to strangers."""
