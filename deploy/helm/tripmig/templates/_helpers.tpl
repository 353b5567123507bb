{{/* Objects are named after the release, once: release shop is shop-tripmig, release tripmig is tripmig. */}}
{{- define "tripmig.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" (.Release.Name | trunc 32 | trimSuffix "-") .Chart.Name }}{{ end }}
{{- end }}

{{- define "tripmig.account" -}}
{{ .Values.serviceAccount.name | default (include "tripmig.name" .) }}
{{- end }}

{{- define "tripmig.labels" -}}
app.kubernetes.io/name: tripmig
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* A hook of install and upgrade comes before all other objects, so it needs an account and settings of its own. */}}
{{- define "tripmig.hookAnnotations" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-delete-policy: before-hook-creation
helm.sh/hook-weight: {{ . | quote }}
{{- end }}

{{- define "tripmig.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "tripmig.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end }}

{{- define "tripmig.passwordFile" -}}
- name: TRIPMIG_DATABASE_PASSWORD_FILE
  value: /run/secrets/tripmig/{{ .Values.database.secretKey }}
{{- end }}

{{- define "tripmig.volumeSource" -}}
{{- $values := index . 0 -}}
{{- if $values.database.volume }}
{{- toYaml $values.database.volume }}
{{- else -}}
secret:
  secretName: {{ $values.database.secretName }}
  defaultMode: {{ index . 1 }}
{{- end }}
{{- end }}

{{/* The pod of every Job here. Parameters: root, component, args, resources, suffix (of the account and the settings). */}}
{{- define "tripmig.podTemplate" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "tripmig.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with $root.Values.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with $root.Values.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "tripmig.account" $root }}{{ .suffix }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  terminationGracePeriodSeconds: {{ if eq .component "swap" }}120{{ else }}60{{ end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    seccompProfile:
      type: RuntimeDefault
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: tripmig
      image: {{ include "tripmig.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{- toYaml (concat .args (list "--log-format" "json")) | nindent 8 }}
      envFrom:
        - configMapRef:
            name: {{ include "tripmig.name" $root }}{{ .suffix }}
      env: {{- include "tripmig.passwordFile" $root | nindent 8 }}
      securityContext: {{- include "tripmig.containerSecurity" $root | nindent 8 }}
      resources: {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - name: database
          mountPath: /run/secrets/tripmig
          readOnly: true
  volumes:
    - name: database
      {{- include "tripmig.volumeSource" (list $root.Values 288) | nindent 6 }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Exit codes after which a person has to act (docs/exit-codes.md); all others are tried again. A drained node is no failure. */}}
{{- define "tripmig.podFailurePolicy" -}}
rules:
  - action: FailJob
    onExitCodes:
      containerName: tripmig
      operator: In
      values: [1, 2, 4, 7, 10, 12, 13]
  - action: Ignore
    onPodConditions:
      - type: DisruptionTarget
        status: "True"
{{- end }}

{{/*
For the application's chart, which has this one as a dependency:
  initContainers: [{{ include "tripmig.waitContainer" .Subcharts.tripmig | fromYaml | toJson }}]
  volumes: [{{ include "tripmig.waitVolume" .Subcharts.tripmig | fromYaml | toJson }}]
tripmig.upContainer in its place runs `up` in every pod; then set tripmig.up.enabled to false.
*/}}
{{- define "tripmig.waitContainer" -}}
{{- include "tripmig.initContainer" (dict "root" . "args" (list "wait" "--timeout" "10min")) }}
{{- end }}

{{- define "tripmig.upContainer" -}}
{{- include "tripmig.initContainer" (dict "root" . "args" (list "up" "--wait-for-database" .Values.up.waitForDatabase)) }}
{{- end }}

{{- define "tripmig.initContainer" -}}
{{- $root := .root -}}
name: tripmig
image: {{ include "tripmig.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: {{- toYaml (concat .args (list "--log-format" "json")) | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ include "tripmig.name" $root }}
env: {{- include "tripmig.passwordFile" $root | nindent 2 }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
  {{- include "tripmig.containerSecurity" $root | nindent 2 }}
resources: {{- toYaml $root.Values.resources | nindent 2 }}
volumeMounts:
  - name: tripmig-database
    mountPath: /run/secrets/tripmig
    readOnly: true
{{- end }}

{{- define "tripmig.waitVolume" -}}
name: tripmig-database
{{ include "tripmig.volumeSource" (list .Values 292) }}
{{- end }}
