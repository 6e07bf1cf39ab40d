# METADATA
# title: Secrets
# description: How credential files, private keys and registry tokens are recognised.
package cabincrew.secrets

import data.cabincrew.changes

credential_name(where) if changes.listed(where, data.paths.credentials)

# .env, .env.production, production.env; but not .env.example and its like.
credential_name(where) if {
	parts := split(where.base, ".")
	environment(parts)
	not example(parts)
}

environment(parts) if array.slice(parts, 0, 2) == ["", "env"]

environment(parts) if {
	count(parts) > 1
	parts[count(parts) - 1] == "env"
}

example(parts) if {
	some part in parts
	data.paths.environment_examples[part] == true
}

# All of the text is known and it says that it is public.
public_certificate(change) if {
	not change.binary
	not change.truncated
	some line in change.added
	regex.match(`^\s*-----BEGIN ([A-Z0-9 ]+ )?(CERTIFICATE|PUBLIC KEY|CERTIFICATE REQUEST)-----`, line.text)
	every other in change.added {
		not contains(other.text, "PRIVATE KEY")
	}
}

key_header(text) if {
	contains(text, "PRIVATE KEY")
	contains(text, "-----BEGIN ")
}

key_header(text) if startswith(text, "PuTTY-User-Key-File-")

# A key with its material: in the same line (JSON and source code write "\n"), or in the line below.
private_key(_, _, text) if {
	key_header(text)
	regex.match(`PRIVATE KEY( BLOCK)?-----["'\s+]*(\\r|\\n)*["'\s+]*[A-Za-z0-9+/=]{16}`, text)
}

private_key(lines, i, text) if {
	key_header(text)
	below := lines[i + 1]
	below.line == lines[i].line + 1
	regex.match(`^[\s"'+>|#*/]*([A-Za-z0-9+/=]{16}|Proc-Type:|Version:|Comment:|Encryption:)`, below.text)
}

# An armoured PGP key may begin with an empty line.
private_key(lines, i, text) if {
	contains(text, "-----BEGIN PGP PRIVATE KEY BLOCK-----")
	trim_space(lines[i + 1].text) == ""
	regex.match(`^\s*[A-Za-z0-9+/=]{16}`, lines[i + 2].text)
}

private_key(_, _, text) if {
	contains(text, "AGE-SECRET-KEY-1")
	regex.match(`AGE-SECRET-KEY-1[0-9A-Z]{50}`, text)
}

registry_token(text) if regex.match(`(_authToken|_password|_auth)\s*=\s*["']?[^$"'\s]`, text)

registry_token(text) if regex.match(`npmAuth(Token|Ident)["']?\s*:\s*["']?[^$"'\s]`, text)

registry_token(text) if regex.match(`://[^/\s:@]+:[^/\s:@$]+@`, text)

# Tokens that their issuers give a beginning and a length of their own; in lines a model looks for these and many more.
token_name(path) if {
	regex.match(
		`(?:^|[^A-Za-z0-9])(?:A[KS]IA[0-9A-Z]{16}|gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60}|glpat-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|sk_live_[A-Za-z0-9]{24}|xox[abp]-[A-Za-z0-9-]{24}|sk-ant-[A-Za-z0-9_-]{40}|AIza[A-Za-z0-9_-]{35})`,
		path,
	)
}
