import {
  bothSettings,
  files,
  kernel,
  network,
  noModule,
  noPackage,
  type Baseline,
  type Control,
} from "./control";

const logins = "getent passwd | cut -d: -f";

/**
 * dev-sec's linux-baseline. Settings of the kernel are those that a boot would set: see `kernel`. Not asked: what belongs
 * to the host's kernel alone (os-08 entropy, os-12 CPU vulnerabilities, sysctl-29 modules, sysctl-33 NX), and os-05b,
 * which is about another distribution.
 */
export const linuxBaseline: Baseline = {
  source: "linux-baseline",
  version: "dev-sec/linux-baseline 2.10.0",
  controls: [
    {
      id: "os-01",
      asks: "no file that trusts other hosts",
      question: "find / -xdev '(' -name .rhosts -o -name hosts.equiv ')'",
      answer: "",
    },
    files("os-02", "password hashes are not for everybody to read", "640 root shadow", "/etc/shadow"),
    files("os-03", "accounts are for root to write", "644 root root", "/etc/passwd"),
    files("os-03b", "and so is what they were before", "644 root root", "/etc/passwd-"),
    {
      id: "os-04",
      asks: "programs are not looked for in the present folder",
      question:
        "for home in /root /home/*; do runuser -u \"$(stat -c %U $home)\" -- bash -lc 'echo \":$PATH:\"'; done | grep -E ':(\\.)?:'",
      answer: "",
    },
    {
      id: "os-05",
      asks: "new files are not for others to read, and passwords age",
      question:
        "awk '/^(UMASK|PASS_MAX_DAYS|PASS_MIN_DAYS|PASS_WARN_AGE|LOGIN_RETRIES|LOGIN_TIMEOUT)[ \\t]/ { print $1, $2 }' /etc/login.defs | sort",
      answer:
        "LOGIN_RETRIES 5\nLOGIN_TIMEOUT 60\nPASS_MAX_DAYS 60\nPASS_MIN_DAYS 7\nPASS_WARN_AGE 7\nUMASK 027",
    },
    {
      id: "os-06",
      asks: "no setuid program that has been a way to root and that nobody needs",
      question:
        "find / -xdev -type f -perm /6000 | grep -E '/(ssh-keysign|rcp|rlogin|rsh|arping|mtr|uuidd|pt_chown|pppd|dotlockfile|lockfile)$'",
      answer: "",
    },
    {
      id: "os-07",
      asks: "no two accounts or groups have one number",
      question: `{ ${logins}3 | sort | uniq -d; getent group | cut -d: -f3 | sort | uniq -d; }`,
      answer: "",
    },
    {
      id: "os-09",
      asks: "no password in a file for programs",
      question: "find / -xdev -maxdepth 3 '(' -iname .rhosts -o -iname .netrc ')'",
      answer: "",
    },
    noModule(
      "os-10",
      "no file system that is not needed",
      ...["cramfs", "freevxfs", "jffs2", "hfs", "hfsplus", "squashfs", "udf", "vfat"],
    ),
    files("os-11", "logs are in root's folder", /^\d+ root (root|syslog)$/, "/var/log"),
    files(
      "os-13",
      "what cron runs as root is for root alone to read",
      "700 root root",
      ...["hourly", "daily", "weekly", "monthly", "d"].map((name) => `/etc/cron.${name}`),
    ),
    mount(
      "os-14",
      "no program is run from a place that everybody can write to",
      "noexec",
      "/tmp /var/tmp /dev/shm",
    ),
    mount("os-15", "no setuid program lies there", "nosuid", "/tmp /var/tmp /dev/shm /home"),
    mount("os-16", "and no device", "nodev", "/tmp /var/tmp /dev/shm /home"),
    noPackage("package-01", "no inetd", "inetd", "xinetd", "openbsd-inetd", "inetutils-inetd"),
    noPackage("package-02", "no telnet server", "telnetd", "inetutils-telnetd"),
    noPackage("package-03", "no rsh server", "rsh-server", "rsh-redone-server"),
    noPackage("package-05", "no NIS server", "nis", "ypserv"),
    noPackage("package-06", "no TFTP server", "tftpd", "tftpd-hpa", "atftpd"),
    isInstalled("package-07", "there is a syslog server", "rsyslog"),
    isInstalled("package-08", "there is auditd", "auditd"),
    isInstalled(
      "package-09",
      "there are the programs that Lynis suggests",
      ...[
        "libpam-tmpdir",
        "apt-listbugs",
        "apt-listchanges",
        "debian-goodies",
        "debsecan",
        "debsums",
        "fail2ban",
      ],
    ),
    noPackage("package-10", "programs are not linked beforehand", "prelink"),
    network(
      "sysctl-01",
      "no way through this host for IPv4",
      "0",
      "net.ipv4.ip_forward",
      "net.ipv4.conf.all.forwarding",
    ),
    network(
      "sysctl-02",
      "a packet comes from where its answer would go",
      "1",
      ...bothSettings("ipv4", "rp_filter"),
    ),
    network(
      "sysctl-03",
      "wrong ICMP errors are not logged",
      "1",
      "net.ipv4.icmp_ignore_bogus_error_responses",
    ),
    network("sysctl-04", "a ping to everybody is not answered", "1", "net.ipv4.icmp_echo_ignore_broadcasts"),
    network("sysctl-05", "ICMP errors are 100 ms apart", "100", "net.ipv4.icmp_ratelimit"),
    network("sysctl-06", "and more kinds of them than usual", "88089", "net.ipv4.icmp_ratemask"),
    network("sysctl-07", "TCP does not tell the time since the start", "0", "net.ipv4.tcp_timestamps"),
    network("sysctl-08", "ARP answers for the interface that was asked", "1", "net.ipv4.conf.all.arp_ignore"),
    network("sysctl-09", "ARP names the best address", "2", "net.ipv4.conf.all.arp_announce"),
    network("sysctl-10", "a reset does not end a connection that is ending", "1", "net.ipv4.tcp_rfc1337"),
    network("sysctl-11", "half-open connections do not fill the table", "1", "net.ipv4.tcp_syncookies"),
    network("sysctl-12", "networks may share a cable", "1", ...bothSettings("ipv4", "shared_media")),
    network(
      "sysctl-13",
      "a packet does not choose its way",
      "0",
      ...bothSettings("ipv4", "accept_source_route"),
      ...bothSettings("ipv6", "accept_source_route"),
    ),
    network(
      "sysctl-14",
      "no router changes the way of IPv4",
      "0",
      ...bothSettings("ipv4", "accept_redirects"),
    ),
    network("sysctl-15", "not even a known one", "0", ...bothSettings("ipv4", "secure_redirects")),
    network("sysctl-16", "this host changes nobody's way", "0", ...bothSettings("ipv4", "send_redirects")),
    network(
      "sysctl-17",
      "packets from impossible addresses are logged",
      "1",
      ...bothSettings("ipv4", "log_martians"),
    ),
    network("sysctl-19", "no way through this host for IPv6", "0", "net.ipv6.conf.all.forwarding"),
    network(
      "sysctl-20",
      "no router changes the way of IPv6",
      "0",
      ...bothSettings("ipv6", "accept_redirects"),
    ),
    network("sysctl-21", "no router is asked for", "0", "net.ipv6.conf.default.router_solicitations"),
    network(
      "sysctl-22",
      "no router is preferred for saying so",
      "0",
      "net.ipv6.conf.default.accept_ra_rtr_pref",
    ),
    network("sysctl-23", "no router gives an address", "0", "net.ipv6.conf.default.accept_ra_pinfo"),
    network("sysctl-24", "or the way out", "0", "net.ipv6.conf.default.accept_ra_defrtr"),
    network("sysctl-25", "or anything", "0", ...bothSettings("ipv6", "accept_ra")),
    network("sysctl-26", "no address is made up", "0", "net.ipv6.conf.default.autoconf"),
    network(
      "sysctl-27",
      "nobody is asked whether an address is free",
      "0",
      "net.ipv6.conf.default.dad_transmits",
    ),
    network("sysctl-28", "an interface has one address", "1", "net.ipv6.conf.default.max_addresses"),
    kernel("sysctl-30", "no keys on the console command the kernel", "0", "kernel.sysrq"),
    kernel("sysctl-31a", "a privileged program leaves no memory behind", /^[02]$/, "fs.suid_dumpable"),
    kernel("sysctl-32", "addresses in memory are random", "2", "kernel.randomize_va_space"),
    kernel(
      "sysctl-34",
      "nobody is led by links and pipes of others in /tmp",
      "1\n2",
      ...["fs.protected_hardlinks", "fs.protected_symlinks", "fs.protected_regular", "fs.protected_fifos"],
    ),
    kernel("sysctl-35", "only root traces a process", /^[23]$/, "kernel.yama.ptrace_scope"),
  ],
};

/** Those of the folders that are mount points have this option. */
function mount(id: string, asks: string, option: string, folders: string): Control {
  const question = `for folder in ${folders}; do findmnt -n -o TARGET,OPTIONS --mountpoint $folder; done | grep -vw ${option}`;
  return { id, asks, question, answer: "" };
}

function isInstalled(id: string, asks: string, ...names: readonly string[]): Control {
  const question = `for name in ${names.join(" ")}; do dpkg-query -W -f '\${Status}\\n' "$name"; done | sort -u`;
  return { id, asks, question, answer: "install ok installed" };
}
