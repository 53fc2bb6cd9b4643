interface ReservedNames {
  /** Completes "is …", such as `a system account`. */
  readonly because: string;
  readonly names: readonly string[];
}

/**
 * Names that no person may have, because an account or a group of that name exists on a server, or may come
 * with a package, or because the name has a meaning to a program that reads it.
 */
export const reservedNames: readonly ReservedNames[] = [
  {
    because: "a system account",
    names: words(`
      root toor daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats
      nobody nfsnobody halt shutdown ftp rpc statd dbus messagebus sshd polkitd uuidd tcpdump dnsmasq
      avahi avahi-autoipd colord geoclue rtkit saned usbmux pulse ntp ntpd ntpsec chrony syslog
      landscape pollinate fwupd-refresh tss unbound bind named postfix exim debian-exim dovecot
      opendkim mysql mariadb postgres redis memcache mongodb rabbitmq nginx apache caddy haproxy
      docker containerd libvirt libvirt-qemu qemu gitlab git jenkins vagrant puppet prometheus
      node-exporter grafana telegraf systemd cloud-init _apt _chrony _rpc _ssh unattended-upgrades tmux`),
  },
  {
    because: "a system group, often with rights of its own",
    names: words(`
      adm tty disk kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp
      video sasl plugdev staff users nogroup crontab ssh ssl-cert netdev input sgx kvm render wheel
      admin administrator lxd podman wireshark bluetooth scanner lpadmin sambashare systemd-journal
      mlocate plocate`),
  },
  {
    because: "the first account of a cloud image",
    names: words(
      "debian ubuntu ec2-user cloud-user centos fedora rocky almalinux opensuse arch hetzner hcloud",
    ),
  },
  { because: "used by this program", names: words("deploy team agent agents console localhost") },
  {
    because: "a reserved word of sudoers or of other lists of access",
    names: words("all defaults everyone everybody anyone anybody any"),
  },
  {
    because: "a word that programs read as something else than a name",
    names: words("null true false nan constructor self none"),
  },
];

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Beginnings of names that are kept for accounts and groups of the system and of this program. */
const reservedBeginnings: readonly string[] = ["systemd-", "team-", "agent-", "agents-"];

/** Why no person may have this login, such as `is a system account`, or nothing. */
export function reservedBecause(login: string): string | undefined {
  const group = reservedNames.find(({ names }) => names.includes(login));
  if (group !== undefined) return `is ${group.because}`;
  const beginning = reservedBeginnings.find((prefix) => login.startsWith(prefix));
  return beginning === undefined
    ? undefined
    : `starts with "${beginning}", which is kept for the system and for this program`;
}
