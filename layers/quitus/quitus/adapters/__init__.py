"""The ports on real infrastructure: DynamoDB, S3, SQS, Secrets Manager, HTTP."""
