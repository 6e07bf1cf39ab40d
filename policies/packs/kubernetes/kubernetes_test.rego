package cabincrew.kubernetes_test

import data.cabincrew.kubernetes
import data.cabincrew.manifests

documents(values) := [{"value": value, "lines": {}} | some value in values]

artifact(after) := {
	"name": "x",
	"change": {"op": "create", "path": "k8s/web.yaml", "entry": "file", "added": []},
	"text": "",
	"documents": documents(after),
}

plan(artifacts) := {"format": "cabincrew.preflight/1", "artifacts": artifacts}

rules(document) := {concat(" ", [decision, trim_prefix(finding.rule, "kubernetes/")]) |
	some decision in ["deny", "require_approval", "warn"]
	some finding in kubernetes[decision] with input as document
}

# New manifests.
of(values) := rules(plan([artifact(values)]))

# A changed file: what it held, and what it holds now.
changed(old, new) := rules(plan([object.union(artifact(new), {"before": {"text": "", "documents": documents(old)}})]))

good_container := {
	"name": "app",
	"image": "registry.example/app:1.2.3",
	"resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}},
	"readinessProbe": {"httpGet": {"port": 80}},
}

good_pod := {"automountServiceAccountToken": false, "containers": [good_container]}

workload(kind, spec) := {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": {"template": {"spec": spec}}}

deployment(spec) := workload("Deployment", object.union(good_pod, spec))

pod(container) := deployment({"containers": [object.union(good_container, container)]})

secured(context) := pod({"securityContext": context})

test_a_good_deployment_is_allowed if of([deployment({})]) == set()

test_what_is_no_manifest_is_none_of_our_business if {
	of([{"kind": "x"}, {"apiVersion": 1, "kind": "Pod"}, null, "text", [1, {"apiVersion": "v1"}], {"privileged": true}]) == set()
	rules(plan([])) == set()
	rules(plan([{"name": "log", "documents": []}])) == set()
}

test_privileged if {
	of([secured({"privileged": true})]) == {"deny privileged"}
	of([secured({"windowsOptions": {"hostProcess": true}})]) == {"deny privileged"}
	of([secured({"privileged": false})]) == set()
	of([secured({"privileged": "true"})]) == set()
}

test_every_workload_and_every_kind_of_container if {
	bad := {"name": "b", "image": "a:1", "securityContext": {"privileged": true}}
	every kind in ["StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Rollout"] {
		"deny privileged" in of([workload(kind, object.union(good_pod, {"containers": [bad]}))])
	}
	of([deployment({"initContainers": [bad]})]) == {"deny privileged"}
	of([deployment({"ephemeralContainers": [bad]})]) == {"deny privileged"}
	"deny privileged" in of([{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [bad]}}])
	"deny privileged" in of([{"apiVersion": "v1", "kind": "PodTemplate", "template": {"spec": {"containers": [bad]}}}])
	"deny privileged" in of([{
		"apiVersion": "batch/v1", "kind": "CronJob",
		"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [bad]}}}}},
	}])
	of([{"apiVersion": "v1", "kind": "Thing", "spec": {"containers": [bad]}}]) == set()
}

resource(kind, spec) := {"apiVersion": "example.org/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}

test_pods_of_custom_resources if {
	bad := {"name": "b", "image": "a:1", "securityContext": {"privileged": true}}
	every spec in [
		{"containers": [bad]},
		{"podTemplate": {"spec": {"containers": [bad]}}},
		{"podTemplate": {"containers": [{"image": "a:1"}], "initContainers": [bad]}},
		{"templates": [{"name": "x", "container": bad}]},
		{"templates": [{"name": "x", "script": bad}]},
		{"templates": [{"name": "x", "containerSet": {"containers": [bad]}, "sidecars": [{"name": "s", "image": "a:1"}]}]},
		{"steps": [bad]},
		{"replicas": {"template": {"spec": {"containers": [bad]}}}},
	] {
		of([resource("Workflow", spec)]) == {"deny privileged"}
	}
	of([resource("Workflow", {"hostNetwork": true, "templates": []})]) == {"deny host-namespace"}
	of([resource("Workflow", {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]})]) == {"deny host-path"}
	of([resource("Workflow", {"templates": [{"name": "x", "container": {"image": "a:latest"}}]})]) == {"require_approval image-tag"}
	every spec in [
		{"templates": [{"name": "x", "container": {"image": "a:1"}}]},
		{"steps": [{"name": "x", "template": "y"}]},
		{"containers": [{"name": "x", "resources": {}}]},
		{"volumes": [{"name": "x", "emptyDir": {}}]},
		{"container": "a:latest"},
	] {
		of([resource("Workflow", spec)]) == set()
	}
	of([{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a"}, "spec": {"containers": [bad]}}]) == set()
}

test_containers_without_a_name if {
	of([deployment({"containers": [object.union(object.remove(good_container, ["name"]), {"securityContext": {"privileged": true}})]})]) == {"deny privileged"}
}

test_settings_that_other_tools_turn_into_pods if {
	every spec in [
		{"values": {"agent": {"securityContext": {"privileged": true}}}},
		{"values": {"hostPID": true, "image": {"tag": "1"}}},
		{"source": {"helm": {"values": "agent:\n  privileged: true\n"}}},
		{"podSpecPatch": `{"containers": [{"name": "main", "securityContext": {"privileged": true}}]}`},
		{"podSpecPatch": "hostNetwork: true"},
		{"patches": [{"patch": "- op: add\n  path: /spec/template/spec/hostPID\n  value: true"}]},
		{"patches": [{"patch": "- op: add\n  path: /spec/volumes/0\n  value:\n    hostPath:\n      path: /"}]},
	] {
		some found in of([resource("Application", spec)])
		found in {"require_approval passed-on", "deny host-namespace"}
	}
	every spec in [
		{"values": {"agent": {"securityContext": {"privileged": false}}}},
		{"source": {"helm": {"values": "agent:\n  privileged: false\n# privileged is off\n"}}},
		{"description": "privileged: never"},
	] {
		of([resource("Application", spec)]) == set()
	}
}

test_manifests_inside_of_others if {
	outer := resource("Template", {"manifest": "apiVersion: v1"})
	inner := {"value": secured({"privileged": true}), "lines": {"": 7}, "embedded": "/spec/manifest"}
	held := array.concat(documents([outer]), [inner])
	findings := kubernetes.deny with input as plan([object.union(artifact([]), {"documents": held})])
	{[finding.rule, finding.line] | some finding in findings} == {["kubernetes/privileged", 7]}
	unreadable_part := {"value": null, "lines": {"": 7}, "embedded": "/spec/manifest", "unreadable": "bad indentation"}
	rules(plan([object.union(artifact([]), {"documents": array.concat(documents([outer]), [unreadable_part])})])) == {"require_approval unread-part"}
	gone := {"value": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}, "lines": {}, "embedded": "/a"}
	rules(plan([object.union(artifact([]), {"before": {"text": "", "documents": [gone]}})])) == set()
}

test_lists_of_lists if {
	inner := {"apiVersion": "v1", "kind": "List", "items": [secured({"privileged": true})]}
	of([inner]) == {"deny privileged"}
	of([{"apiVersion": "v1", "kind": "List", "items": [deployment({}), inner]}]) == {"deny privileged"}
	of([{"apiVersion": "v1", "kind": "List", "items": []}]) == set()
}

test_host_path if {
	of([deployment({"volumes": [{"name": "a", "hostPath": {"path": "/"}}]})]) == {"deny host-path"}
	of([deployment({"volumes": [{"name": "hostPath", "emptyDir": {}}]})]) == set()
}

test_host_namespaces if {
	every field in ["hostNetwork", "hostPID", "hostIPC"] {
		of([deployment({field: true})]) == {"deny host-namespace"}
		of([deployment({field: false})]) == set()
	}
}

test_host_port if {
	of([pod({"ports": [{"containerPort": 80, "hostPort": 80}]})]) == {"require_approval host-port"}
	of([pod({"ports": [{"containerPort": 80}]})]) == set()
	of([pod({"ports": [{"containerPort": 80, "hostPort": 0}]})]) == set()
}

test_capabilities if {
	every capability in ["SYS_ADMIN", "ALL", "net_admin", "CAP_SYS_PTRACE"] {
		of([secured({"capabilities": {"add": [capability]}})]) == {"deny capability"}
	}
	of([secured({"capabilities": {"add": ["NET_BIND_SERVICE"]}})]) == set()
	of([secured({"capabilities": {"drop": ["ALL"]}})]) == set()
}

test_privilege_escalation if {
	of([secured({"allowPrivilegeEscalation": true})]) == {"require_approval privilege-escalation"}
	of([secured({"allowPrivilegeEscalation": false})]) == set()
}

test_root if {
	of([secured({"runAsUser": 0})]) == {"require_approval root"}
	of([secured({"runAsNonRoot": false})]) == {"require_approval root"}
	of([deployment({"securityContext": {"runAsUser": 0}})]) == {"require_approval root"}
	of([secured({"runAsUser": 1000, "runAsNonRoot": false})]) == set()
	of([deployment({
		"securityContext": {"runAsUser": 0},
		"containers": [object.union(good_container, {"securityContext": {"runAsUser": 1000}})],
	})]) == set()
}

test_unconfined if {
	of([secured({"seccompProfile": {"type": "Unconfined"}})]) == {"require_approval unconfined"}
	of([deployment({"securityContext": {"seccompProfile": {"type": "Unconfined"}}})]) == {"require_approval unconfined"}
	of([secured({"procMount": "Unmasked"})]) == {"require_approval unconfined"}
	of([secured({"seccompProfile": {"type": "RuntimeDefault"}, "procMount": "Default"})]) == set()
}

test_service_account if {
	of([deployment({"automountServiceAccountToken": true})]) == {"warn default-service-account"}
	of([deployment({"automountServiceAccountToken": true, "serviceAccountName": "default"})]) == {"warn default-service-account"}
	of([deployment({"automountServiceAccountToken": true, "serviceAccountName": "web"})]) == set()
}

test_image_tags if {
	every image in ["nginx", "nginx:latest", "registry.example:5000/app", "a/b/c:latest"] {
		of([pod({"image": image})]) == {"require_approval image-tag"}
	}
	every image in ["nginx:1.27", "registry.example:5000/app:1", "app@sha256:0000", "app:latest@sha256:0000", "ko://example.com/app", "${IMAGE}"] {
		of([pod({"image": image})]) == set()
	}
}

test_limits if {
	of([pod({"resources": null})]) == {"warn no-limits"}
	of([deployment({"containers": [object.remove(good_container, ["resources"])]})]) == {"warn no-limits"}
	of([deployment({"containers": [object.union(object.remove(good_container, ["resources"]), {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}})]})]) == set()
}

test_patches_of_containers_are_not_whole_containers if {
	of([workload("Deployment", {"containers": [{"name": "app", "args": ["--verbose"]}]})]) == set()
	of([workload("Deployment", {"containers": [{"name": "app", "securityContext": {"privileged": true}}]})]) == {"deny privileged"}
}

test_probes if {
	bare := object.remove(good_container, ["readinessProbe"])
	of([deployment({"containers": [bare]})]) == {"warn no-probes"}
	of([deployment({"containers": [object.union(bare, {"livenessProbe": {"exec": {}}})]})]) == set()
	of([workload("Job", object.union(good_pod, {"containers": [bare]}))]) == set()
	of([deployment({"initContainers": [bare]})]) == set()
}

variable(name, value) := pod({"env": [{"name": name, "value": value}]})

test_secrets_in_environment_variables if {
	every name in ["DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "JWT_SECRET"] {
		of([variable(name, "s3cr3t-value")]) == {"require_approval secret-in-env"}
	}
	of([variable("DATABASE_URL", "postgres://app:hunter2@db/app")]) == {"require_approval secret-in-env"}
	every name, value in {
		"PASSWORD_FILE": "/run/secrets/password",
		"TOKEN_URL": "https://example.com/token",
		"DB_PASSWORD": "$(FROM_ELSEWHERE)",
		"ALLOW_EMPTY_PASSWORD": "yes",
		"API_TOKEN": "",
		"JWT_SECRET": "/run/secrets/jwt",
		"ENABLE_TOKEN": "rotating",
		"SECRET_NAME": "web",
		"DATABASE_URL": "postgres://app:$(PASSWORD)@db/app",
		"PROXY": "https://example.com:8443/a@b",
	} {
		of([variable(name, value)]) == set()
	}
	of([pod({"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]})]) == set()
}

test_secrets_in_config_maps if {
	of([map({"db-password": "hunter2"})]) == {"require_approval secret-in-configmap"}
	of([map({"url": "amqp://u:p4ss@queue"})]) == {"require_approval secret-in-configmap"}
	of([map({"password-policy": "long", "token": ""})]) == set()
}

map(entries) := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": entries}

test_secret_manifests if {
	secret := {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
	of([object.union(secret, {"data": {"a": "aHVudGVyMg=="}})]) == {"require_approval secret-manifest"}
	of([object.union(secret, {"stringData": {"a": "hunter2"}})]) == {"require_approval secret-manifest"}
	of([secret]) == set()
	of([object.union(secret, {"data": {"a": "ENC[AES256_GCM,data:x]"}, "sops": {"version": "3"}})]) == set()
	of([object.union(secret, {"stringData": {"a": "<replace me>"}})]) == set()
	of([object.union(secret, {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "spec": {"encryptedData": {"a": "b"}}})]) == set()
}

binding(role, subjects) := {
	"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "b"},
	"roleRef": {"kind": "ClusterRole", "name": role}, "subjects": subjects,
}

test_bindings if {
	of([binding("cluster-admin", [{"kind": "Group", "name": "ops"}])]) == {"deny cluster-admin"}
	of([binding("cluster-admin", [])]) == {"deny cluster-admin"}
	of([binding("view", [{"kind": "Group", "name": "ops"}])]) == set()
	of([binding("not-cluster-admin", [{"kind": "Group", "name": "ops"}])]) == set()
	of([binding("view", [{"kind": "Group", "name": "system:authenticated"}])]) == {"deny anonymous-binding"}
	of([binding("system:discovery", [{"kind": "Group", "name": "system:authenticated"}])]) == set()
}

role(rule) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": [rule]}

test_roles if {
	of([role({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})]) == {"deny wildcard-role"}
	of([role({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]})]) == {"require_approval wide-role"}
	of([role({"apiGroups": [""], "resources": ["*"], "verbs": ["get"]})]) == {"require_approval wide-role"}
	of([role({"apiGroups": [""], "resources": ["pods/*"], "verbs": ["get"]})]) == set()
	of([role({"nonResourceURLs": ["*"], "verbs": ["get"]})]) == set()
	of([role({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]})]) == {"require_approval escalating-role"}
}

service(spec) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}

test_services if {
	of([service({"type": "LoadBalancer"})]) == {"require_approval exposed-service"}
	of([service({"type": "NodePort"})]) == {"require_approval exposed-service"}
	of([service({"externalIPs": ["203.0.113.7"]})]) == {"require_approval exposed-service"}
	of([service({"type": "ClusterIP"})]) == set()
	of([object.union(service({"type": "LoadBalancer"}), {"metadata": {"annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}}})]) == set()
	of([{"apiVersion": "serving.knative.dev/v1", "kind": "Service", "spec": {"type": "NodePort"}}]) == set()
}

test_ingress if {
	ingress := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"}, "spec": {"rules": []}}
	of([ingress]) == {"require_approval ingress-without-tls"}
	of([object.union(ingress, {"spec": {"tls": null}})]) == {"require_approval ingress-without-tls"}
	of([object.union(ingress, {"spec": {"tls": [{"secretName": "a"}]}})]) == set()
	of([object.union(ingress, {"metadata": {"annotations": {"alb.ingress.kubernetes.io/certificate-arn": "arn:x"}}})]) == set()
}

namespace(labels) := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n", "labels": labels}}

test_namespaces if {
	of([namespace({"pod-security.kubernetes.io/enforce": "privileged"})]) == {"require_approval unrestricted-namespace"}
	of([namespace({"pod-security.kubernetes.io/enforce": "restricted"})]) == set()
	of([namespace({"pod-security.kubernetes.io/warn": "privileged"})]) == set()
}

test_removed_objects if {
	changed([namespace({}), deployment({})], [deployment({})]) == {"require_approval removed"}
	changed([namespace({}), deployment({})], [namespace({})]) == set()
	changed([namespace({})], [namespace({"a": "b"})]) == set()
	gone := {
		"name": "x", "change": {"op": "delete", "path": "ns.yaml", "entry": "file"},
		"documents": [], "before": {"text": "", "documents": documents([namespace({})])},
	}
	rules(plan([gone])) == {"require_approval removed"}
	rules(plan([gone, object.union(artifact([namespace({})]), {"name": "y"})])) == set()
}

test_only_what_a_change_adds_stops_it if {
	old := secured({"privileged": true})
	changed([old], [object.union(old, {"metadata": {"labels": {"a": "b"}}})]) == {"warn kept"}
	changed([secured({})], [old]) == {"deny privileged"}
	changed([old], [secured({"privileged": true, "capabilities": {"add": ["SYS_ADMIN"]}})]) == {"warn kept", "deny capability"}
	changed([old], [object.union(old, {"metadata": {"name": "other"}})]) == {"deny privileged"}
	changed([pod({"image": "a:latest"})], [pod({"image": "b:latest"})]) == {"require_approval image-tag"}
	changed([pod({"image": "a:latest"})], [pod({"image": "a:1"})]) == set()
	second := object.union(good_container, {"name": "second", "securityContext": {"privileged": true}})
	changed([old], [deployment({"containers": [second, object.union(good_container, {"securityContext": {"privileged": true}})]})]) == {"deny privileged", "warn kept"}
	bare := object.remove(good_container, ["resources"])
	changed([deployment({"containers": [bare]})], [deployment({"containers": [object.union(bare, {"image": "a:2"})]})]) == set()
}

test_a_manifest_that_moves_keeps_what_it_had if {
	old := secured({"privileged": true})
	gone := {
		"name": "old", "change": {"op": "delete", "path": "a.yaml", "entry": "file"},
		"documents": [], "before": {"text": "", "documents": documents([old])},
	}
	rules(plan([gone, artifact([old])])) == {"warn kept"}
	stays := object.union(artifact([old]), {"name": "old", "before": {"text": "", "documents": documents([old])}})
	rules(plan([stays, artifact([old])])) == {"warn kept", "deny privileged"}
}

unreadable(path, text, added) := plan([{
	"name": "x", "documents": [], "unreadable": "it cannot be read as YAML: bad indentation", "text": text,
	"change": {"op": "update", "path": path, "entry": "file", "binary": false, "added": added},
}])

test_manifests_that_cannot_be_read if {
	rules(unreadable("a.yaml", "apiVersion: v1\nkind: Pod\n  x: [", [])) == {"require_approval unread"}
	rules(unreadable("a.yaml", "name: [", [])) == set()
	rules(unreadable("a.json", "{\"kind\":", [])) == set()
	huge := {"name": "x", "documents": [], "unreadable": "too large", "change": {"op": "update", "path": "all.yaml", "entry": "file", "binary": false}}
	rules(plan([huge])) == {"require_approval unread"}
	rules(plan([json.patch(huge, [{"op": "replace", "path": "/change/path", "value": "all.json"}])])) == set()
	rules(plan([json.patch(huge, [{"op": "replace", "path": "/change/entry", "value": "symlink"}])])) == set()
}

test_manifests_in_another_encoding_or_too_large_to_be_shown if {
	binary := {"name": "x", "documents": [], "unreadable": "not text", "change": {"op": "create", "path": "a.YAML", "entry": "file", "binary": true}}
	rules(plan([binary])) == {"require_approval unread"}
	rules(plan([json.patch(binary, [{"op": "replace", "path": "/change/path", "value": "a.json"}])])) == {"require_approval unread"}
	large := {"op": "create", "path": "a.json", "entry": "file", "binary": false, "added": [{"line": 1, "text": `{"apiVersion": "v1", "items": [`}]}
	rules(plan([object.union(binary, {"change": large})])) == {"require_approval unread"}
}

test_whatever_has_items_is_a_list if {
	item := {"metadata": {"name": "a"}, "spec": {"hostNetwork": true, "automountServiceAccountToken": false, "containers": [good_container]}}
	of([{"apiVersion": "v1", "kind": "PodList", "items": [item]}]) == {"deny host-namespace"}
	of([{"apiVersion": "v1", "kind": "Any", "items": [{"apiVersion": "v1", "kind": "List", "items": [object.union(item, {"apiVersion": "v1", "kind": "Pod"})]}]}]) == {"deny host-namespace"}
	of([{"apiVersion": "v1", "kind": "ConfigMap", "data": {}, "items": "text"}]) == set()
}

test_templates if {
	text := "apiVersion: v1\nkind: Pod\nspec:\n  {{- toYaml .Values.spec }}"
	rules(unreadable("t/a.yaml", text, [])) == {"warn template"}
	rules(unreadable("t/a.yaml", text, [{"line": 9, "text": "      privileged: true"}])) == {"warn template", "require_approval template-line"}
	rules(unreadable("t/a.yaml", text, [{"line": 9, "text": "      privileged: {{ .Values.privileged }}"}])) == {"warn template"}
	rules(unreadable("t/a.yaml", text, [{"line": 9, "text": "      # privileged: true"}])) == {"warn template"}
	every line in ["          securityContext: {privileged: true, runAsUser: 0}", "hostNetwork: true", "{\"hostPID\": true}", "- {name: a, hostPath: {path: /}}"] {
		rules(unreadable("t/a.yaml", text, [{"line": 9, "text": line}])) - {"warn template"} != set()
	}
	rules(unreadable("t/a.yaml", text, [{"line": 9, "text": "{privileged: true-ish}"}])) == {"warn template"}
	rules(unreadable("t/a.yaml", "# {{ x }}\napiVersion: v1\nkind: Pod\nspec: [", [])) == {"require_approval unread"}
	every reason in ["it merges the key \"a\" after giving it a value", "some readers begin a new line at a character on line 1", "Map keys must be unique (line 2)"] {
		refused := object.union(unreadable("t/a.yaml", text, []), {"artifacts": [object.union(
			unreadable("t/a.yaml", text, []).artifacts[0],
			{"unreadable": concat("", ["it cannot be read as YAML: ", reason])},
		)]})
		rules(refused) == {"require_approval unread"}
	}
	rules(unreadable("t/a.yaml", "{{ define \"a\" }}", [{"line": 9, "text": "privileged: true"}])) == set()
}

test_findings_say_what_where_and_how if {
	value := secured({"privileged": true})
	at := "/spec/template/spec/containers/0/securityContext"
	one := {
		"name": "x", "change": {"op": "create", "path": "k8s/web.yaml", "entry": "file"},
		"documents": [{"value": value, "lines": {"": 1, at: 20, concat("", [at, "/privileged"]): 21}}],
	}
	findings := kubernetes.deny with input as plan([one])
	some finding in findings
	finding.file == "k8s/web.yaml"
	finding.line == 21
	finding.artifact == "x"
	finding.severity == "critical"
	finding.fix != ""
	startswith(finding.msg, "k8s/web.yaml: Deployment web: container app is privileged. A privileged")
}

test_lines_of_what_is_not_there_are_those_of_its_parent if {
	manifests.line({"": 1, "/spec": 4, "/spec/a~1b": 6}, ["spec", "a/b", "c", 0]) == 6
	manifests.line({"": 3}, ["spec"]) == 3
	manifests.line({}, ["spec"]) == 1
}

test_broken_settings_are_denied if {
	invalid := kubernetes.deny with input as plan([]) with data.lists.lasting_kinds as ["Namespace"]
	{finding.rule | some finding in invalid} == {"kubernetes/list-invalid"}
	unknown := kubernetes.deny with input as plan([]) with data.lists.lasting as {}
	{finding.rule | some finding in unknown} == {"kubernetes/list-unknown"}
	rules({}) == {"deny input-unknown"}
}
