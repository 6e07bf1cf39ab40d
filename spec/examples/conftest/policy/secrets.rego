package secrets

deny contains "secrets do not belong into manifests" if input.kind == "Secret"
