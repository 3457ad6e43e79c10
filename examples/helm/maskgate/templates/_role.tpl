{{/* One role as a StatefulSet: stable names, since a worker's transactions are fenced by its name. */}}
{{- define "maskgate.labels" -}}
app.kubernetes.io/name: maskgate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "maskgate.role" -}}
{{- $values := index .root.Values.roles .role -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: maskgate-{{ .role }}
  labels: {{- include "maskgate.labels" . | nindent 4 }}
spec:
  serviceName: maskgate-{{ .role }}
  {{- if not (and (eq .role "mask") (ne .root.Values.autoscaling.kind "none")) }}
  replicas: {{ $values.replicas }}
  {{- end }}
  podManagementPolicy: Parallel
  selector:
    matchLabels: {{- include "maskgate.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "maskgate.labels" . | nindent 8 }}
      annotations:
        checksum/settings: {{ include "maskgate.settings" .root | sha256sum }}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      {{- if gt (int $values.replicas) 1 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "maskgate.labels" . | nindent 14 }}
      {{- end }}
      initContainers:
        - name: keys # the state folder keeps its own modes; keys are copied into it as they are now
          image: {{ .root.Values.image }}
          imagePullPolicy: {{ .root.Values.imagePullPolicy }}
          command: ["sh", "-ec", "umask 077; mkdir -p /state/keys; cp /keys/*.pem /keys/*.pub /keys/keyring.json /state/keys/ 2>/dev/null || true; chmod 600 /state/keys/*; for f in /state/keys/*.pub; do test -e $f && chmod 644 $f; done; true"]
          securityContext: &restricted
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources: { requests: { cpu: 50m, memory: 32Mi }, limits: { memory: 64Mi } }
          volumeMounts:
            - { name: state, mountPath: /state }
            - { name: secrets, mountPath: /keys, readOnly: true }
      containers:
        - name: {{ .role }}
          image: {{ .root.Values.image }}
          imagePullPolicy: {{ .root.Values.imagePullPolicy }}
          args: ["-C", "/etc/maskgate/maskgate.yaml", "run", {{ .role | quote }}]
          env:
            - { name: MASKGATE_KAFKA_SASL_USERNAME, value: maskgate-{{ .role }} }
            {{- if eq .role "mask" }}
            - { name: MASKGATE_WORKER_WORKERS, value: {{ $values.workers | quote }} }
            {{- end }}
            {{- if eq .role "console" }}
            - { name: MASKGATE_CONSOLE_HOST, value: 0.0.0.0 }
            - { name: MASKGATE_CONSOLE_ORIGINS, value: {{ .root.Values.console.url | quote }} }
            - { name: MASKGATE_CONSOLE_HOSTS, value: maskgate-console }
            {{- end }}
            {{- if eq .role "watch" }}
            - { name: MASKGATE_WATCH_LINK_BASE, value: {{ .root.Values.console.url | quote }} }
            {{- end }}
          ports:
            - { name: monitor, containerPort: 8301 }
            {{- if eq .role "console" }}
            - { name: pages, containerPort: 8300 }
            {{- end }}
          securityContext: *restricted
          resources: {{- toYaml $values.resources | nindent 12 }}
          startupProbe:
            exec: &alive
              command: ["python", "-c", "from urllib.request import Request, urlopen; urlopen(Request('http://127.0.0.1:8301/livez', headers={'Authorization': 'Bearer ' + open('/run/secrets/maskgate/monitor-token').read().strip()}), timeout=3)"]
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 60
          livenessProbe:
            exec: *alive
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 6
          readinessProbe:
            exec:
              command: ["python", "-c", "from urllib.request import Request, urlopen; urlopen(Request('http://127.0.0.1:8301/readyz', headers={'Authorization': 'Bearer ' + open('/run/secrets/maskgate/monitor-token').read().strip()}), timeout=3)"]
            periodSeconds: 10
            timeoutSeconds: 10
          volumeMounts:
            - { name: settings, mountPath: /etc/maskgate, readOnly: true }
            - { name: secrets, mountPath: /run/secrets/maskgate, readOnly: true }
            - { name: state, mountPath: /var/lib/maskgate }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: settings
          configMap: { name: maskgate-settings }
        - name: secrets
          secret: { secretName: {{ index .root.Values.secrets .role }}, defaultMode: 0440 }
        - name: tmp
          emptyDir: { medium: Memory, sizeLimit: 64Mi }
  volumeClaimTemplates:
    - metadata: { name: state }
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .root.Values.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $values.state }} } }
{{- end }}
