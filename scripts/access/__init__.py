"""Who may come in: people, machines and SFTP users of a deployed stack."""
