# METADATA
# title: Sources of dependencies
# description: How a manifest names dependencies that come from no registry.
package cabincrew.sources

import data.cabincrew.patterns

manifest(where) := patterns.kind(where)

manifest(where) := "pyproject" if where.base in {"pyproject.toml", "pipfile"}

manifest(where) := "gem" if where.base == "gemfile"

addresses := {
	"npm": `(?m)(?:^|[{,])\s*"[^"]+"\s*:\s*"(?:git\+|git://|git@|ssh://|(?:github|gitlab|bitbucket|gist):|https?://[^"]+(?:\.tgz|\.tar\.gz|\.git|/tarball/[^"]*|/archive/[^"]*)(?:#[^"]*)?"|npm:)`,
	"go": `(?m)=>\s+\S+\.\S+/\S+`,
	"cargo": `(?m)\bgit\s*=\s*"`,
	"pip": `(?m)^\s*(?:-e\s+)?(?:[A-Za-z0-9._\[\]-]+\s*@\s*)?(?:git\+|hg\+|svn\+|https?://)`,
	"pyproject": `(?m)\bgit\s*=\s*"|["'][A-Za-z0-9._\[\]-]+\s*@\s*(?:git\+|https?://)|\burl\s*=\s*"https?://[^"]+\.(?:whl|tar\.gz|zip)"`,
	"gem": `(?m)^\s*gem\s.*\b(?:git|github)(?::|\s*=>)`,
}

paths := {
	"npm": `(?m)(?:^|[{,])\s*"[^"]+"\s*:\s*"(?:file|link|portal):`,
	"go": `(?m)=>\s+\.{0,2}/`,
	"pip": `(?m)^\s*(?:-e\s+)?(?:file:|\.{1,2}/)`,
	"gem": `(?m)^\s*gem\s.*\bpath(?::|\s*=>)`,
}

# Keys of a manifest that hold addresses of other kinds.
ordinary(where, text) if {
	patterns.npm_manifest(where)
	regex.match(`^\s*"(?:repository|url|homepage|bugs|\$schema|directory|issues)"\s*:`, text)
}
