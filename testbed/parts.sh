# Sourced by the other scripts, after env.sh: how each process of the testbed is started, known to be ready, and ended.
run=$TESTBED_RUN
node_ip=$(ip -4 -o addr show scope global | awk '$2 !~ /^lo$|docker|veth|br-|cni/ {split($4, a, "/"); if (!n++) print a[1]}')

alive() { [ -f "log/$1.pid" ] && kill -0 "$(cat "log/$1.pid")" 2>/dev/null; }
await() { local what=$1 seconds=$2; shift 2; for _ in $(seq $((seconds * 5))); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done; echo "testbed: $what did not become ready in ${seconds}s; see $run/log" >&2; exit 1; }

# The command of a process, run in $run.
command_of() {
  case $1 in
    dockerd) command=(dockerd --data-root "$run/docker" --insecure-registry "$TESTBED_REGISTRY") ;;
    registry) command=(docker-registry serve registry.yml) ;;
    etcd) command=(kube etcd -data-dir "$run/etcd") ;;
    apiserver) command=(kube apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --secure-port=6443
      --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt
      --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key --service-account-issuer=https://kubernetes.default.svc
      --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --allow-privileged
      --kubelet-client-certificate=pki/admin.crt --kubelet-client-key=pki/admin.key --kubelet-certificate-authority=pki/ca.crt
      --kubelet-preferred-address-types=InternalIP) ;;
    controller-manager) command=(kube controller-manager --kubeconfig=kubeconfig --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt
      --use-service-account-credentials --leader-elect=false) ;;
    scheduler) command=(kube scheduler --kubeconfig=kubeconfig --leader-elect=false) ;;
    containerd) command=(containerd --config containerd/config.toml) ;;
    kubelet) command=(kube kubelet --config kubelet/config.yaml --kubeconfig kubelet.conf --hostname-override testbed --node-ip "$node_ip" --root-dir "$run/kubelet/root") ;;
    proxy) command=(kube proxy --kubeconfig=kubeconfig --proxy-mode=nftables --cluster-cidr=10.244.0.0/16 --hostname-override testbed) ;;
    coredns) command=(coredns -conf Corefile) ;;
    *) return 1 ;;
  esac
}

start() { # what runs is left alone
  alive "$1" && return
  command_of "$1"
  setsid nohup "${command[@]}" >"log/$1.log" 2>&1 </dev/null & echo $! >"log/$1.pid"
}

ready() {
  case $1 in
    dockerd) await dockerd 30 docker version ;;
    registry) await registry 10 bash -c "exec 3<>/dev/tcp/${TESTBED_REGISTRY/://}" ;;
    etcd | apiserver) await 'the API server' 60 kubectl --kubeconfig kubeconfig get --raw /readyz ;;
    containerd) await containerd 30 grep 'containerd successfully booted' log/containerd.log ;;   # it answers before it knows its containers again, and a kubelet that asks then ends
    kubelet)
      await 'the kubelet' 60 kubectl --kubeconfig kubeconfig get --raw /api/v1/nodes/testbed/proxy/healthz   # the node may still count as ready from its last run
      await 'the node' 60 bash -c "kubectl --kubeconfig kubeconfig get node testbed --no-headers | grep -qw Ready" ;;
  esac
}

stop() {
  local p; p=$(cat "log/$1.pid" 2>/dev/null) || return 0
  kill "$p" 2>/dev/null; for _ in $(seq 50); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done; kill -9 "$p" 2>/dev/null; rm -f "log/$1.pid"
}
