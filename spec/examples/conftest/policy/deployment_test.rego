package main_test

import data.main

deployment(name, replicas) := {
	"kind": "Deployment",
	"metadata": {"name": name, "labels": {"owner": "web"}},
	"spec": {"replicas": replicas, "template": {"spec": {}}},
}

test_root_is_denied if {
	count(main.deny_root) == 1 with input as deployment("web", 1)
}

test_replicas_are_limited if {
	count(main.violation) == 1 with input as deployment("web", 50)
	count(main.violation) == 0 with input as deployment("web", 5)
}
