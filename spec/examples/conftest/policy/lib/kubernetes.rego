package lib.kubernetes

workload if input.kind in {"Deployment", "DaemonSet"}
