/** What `docker compose config --format json` prints, as far as it is used here. */
export interface ComposeJson {
  readonly name: string
  readonly services?: Readonly<Record<string, ServiceJson>> | null
  readonly secrets?: Readonly<Record<string, SecretJson>> | null
}

/** Of a file, or of a variable; neither: compose asks elsewhere for it. */
export interface SecretJson {
  readonly file?: string
  readonly environment?: string
}

export interface ServiceJson {
  readonly image?: string | null
  readonly build?: BuildJson | null
  readonly depends_on?: Readonly<
    Record<string, { readonly condition?: string; readonly restart?: boolean; readonly required?: boolean }>
  > | null
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] | null } | null
  readonly restart?: string | null
  readonly ports?: readonly PortJson[] | null
  readonly volumes?: readonly { readonly type: string; readonly source?: string }[] | null
  readonly tmpfs?: readonly string[] | null
  readonly entrypoint?: readonly string[] | null
  readonly scale?: number | null
  readonly deploy?: {
    readonly replicas?: number | null
    readonly restart_policy?: { readonly condition?: string; readonly max_attempts?: number } | null
  } | null
  readonly network_mode?: string | null
  readonly pid?: string | null
  readonly ipc?: string | null
}

export interface BuildJson {
  readonly context?: string
  readonly dockerfile?: string
  readonly dockerfile_inline?: string
  readonly additional_contexts?: Readonly<Record<string, string>> | null
  readonly args?: Readonly<Record<string, string | null>> | null
  readonly secrets?: readonly { readonly source?: string }[] | null
  readonly ssh?: readonly unknown[] | null
  readonly pull?: boolean
  readonly no_cache?: boolean
}

export interface PortJson {
  readonly target: number
  readonly published?: string | number
  readonly host_ip?: string
  readonly protocol?: string
}
