import {
  atMost,
  bothSettings,
  files,
  kernel,
  network,
  noModule,
  sshd,
  type Baseline,
  type Control,
} from "./control";

const rules = "nft list table inet team_runtime";
const sudoers = "/etc/sudoers /etc/sudoers.d";
const journald = "systemd-analyze cat-config systemd/journald.conf";

/**
 * The CIS Benchmark for Debian 12, its parts about who gets in, what they get, and what is written down. Not asked: other
 * services (2.1 to 2.3), and the boot loader, AppArmor and auditd's rules (1.3, 1.4, 6.2.2 to 6.2.4), which a machine that
 * shares its host's kernel cannot show; passwords (5.3, 5.4.1), which no account here has but root at the console.
 */
export const cisDebian12: Baseline = {
  source: "cis",
  version: "CIS Debian Linux 12 Benchmark v1.1.0",
  controls: [
    ...["cramfs", "freevxfs", "hfs", "hfsplus", "jffs2"].map((name, index) =>
      noModule(`1.1.1.${String(index + 1)}`, `there is no ${name}`, name),
    ),
    partition("1.1.2.1.1", "/tmp"),
    partition("1.1.2.2.1", "/dev/shm"),
    shm("1.1.2.2.2", "nodev"),
    shm("1.1.2.2.3", "nosuid"),
    shm("1.1.2.2.4", "noexec"),
    partition("1.1.2.3.1", "/home"),
    partition("1.1.2.4.1", "/var"),
    partition("1.1.2.5.1", "/var/tmp"),
    partition("1.1.2.6.1", "/var/log"),
    kernel("1.5.1", "addresses in memory are random", "2", "kernel.randomize_va_space"),
    kernel("1.5.2", "a process is traced by its parent at most", /^[123]$/, "kernel.yama.ptrace_scope"),
    {
      id: "1.5.3",
      asks: "no program leaves its memory in a file",
      question:
        "grep -rhE '^\\s*\\*\\s+hard\\s+core\\s+0\\b' /etc/security/limits.conf /etc/security/limits.d",
      answer: /core\s+0/,
    },
    isActive("2.4.1.1", "cron runs", "cron.service"),
    files("2.4.1.2", "root's crontab is for root alone to read", "600 root root", "/etc/crontab"),
    ...["hourly", "daily", "weekly", "monthly", "d"].map((name, index) =>
      files(
        `2.4.1.${String(index + 3)}`,
        `/etc/cron.${name} is root's alone`,
        "700 root root",
        `/etc/cron.${name}`,
      ),
    ),
    {
      id: "2.4.1.8",
      asks: "who may use cron is written down",
      question: "stat -c '%a %U %G' /etc/cron.allow",
      answer: /^6[04]0 root (root|crontab)$/,
    },
    {
      id: "2.4.2.1",
      asks: "who may use at is written down, if it is there",
      question: "if command -v at >/dev/null; then stat -c '%a %U %G' /etc/at.allow; fi",
      answer: /^$|^6[04]0 root (root|daemon)$/,
    },
    ...["dccp", "tipc", "rds", "sctp"].map((name, index) =>
      noModule(`3.2.${String(index + 1)}`, `there is no ${name}`, name),
    ),
    network("3.3.1", "no way through this host", "0", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"),
    network("3.3.2", "this host changes nobody's way", "0", ...bothSettings("ipv4", "send_redirects")),
    network("3.3.3", "wrong ICMP errors are not logged", "1", "net.ipv4.icmp_ignore_bogus_error_responses"),
    network("3.3.4", "a ping to everybody is not answered", "1", "net.ipv4.icmp_echo_ignore_broadcasts"),
    network(
      "3.3.5",
      "no router changes this host's way",
      "0",
      ...bothSettings("ipv4", "accept_redirects"),
      ...bothSettings("ipv6", "accept_redirects"),
    ),
    network("3.3.6", "not even a known one", "0", ...bothSettings("ipv4", "secure_redirects")),
    network(
      "3.3.7",
      "a packet comes from where its answer would go",
      "1",
      ...bothSettings("ipv4", "rp_filter"),
    ),
    network(
      "3.3.8",
      "a packet does not choose its way",
      "0",
      ...bothSettings("ipv4", "accept_source_route"),
      ...bothSettings("ipv6", "accept_source_route"),
    ),
    network(
      "3.3.9",
      "packets from impossible addresses are logged",
      "1",
      ...bothSettings("ipv4", "log_martians"),
    ),
    network("3.3.10", "half-open connections do not fill the table", "1", "net.ipv4.tcp_syncookies"),
    network("3.3.11", "no router tells this host its address", "0", ...bothSettings("ipv6", "accept_ra")),
    says("4.3.1", "nftables is installed", "dpkg-query -W -f '${Status}' nftables", "install ok installed"),
    says("4.3.4", "there is a table", `${rules} | head -n 1`, "table inet team_runtime {"),
    says("4.3.5", "it looks at what comes, goes and passes", `${rules} | grep -c 'type filter hook'`, "3"),
    says("4.3.6", "the host talks to itself", `${rules} | grep -c 'iifname "lo" accept'`, "1"),
    says("4.3.7", "answers come in", `${rules} | grep -c 'ct state established,related accept'`, "1"),
    says("4.3.8", "what no rule names is dropped, each way", `${rules} | grep -c 'policy drop'`, "3"),
    says("4.3.9", "it is in force at boot", "systemctl is-enabled team-runtime-firewall.service", "enabled"),
    says("4.3.10", "from a file", "nft --check --file /etc/team-runtime/firewall.nft", ""),
    files(
      "5.1.1",
      "sshd's settings are for root alone to read",
      "600 root root",
      ...["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf"],
    ),
    files("5.1.2", "and so are its private keys", "600 root root", "/etc/ssh/ssh_host_*_key"),
    files("5.1.3", "its public keys are for root to write", "644 root root", "/etc/ssh/ssh_host_*_key.pub"),
    sshd("5.1.4", "who may log in is written down", "allowgroups", "team-login"),
    sshd("5.1.5", "a banner says that this is not for everybody", "banner", /^\//),
    atMost("5.1.6", "no ciphers but AES in modes that are sound", "ciphers", [
      "aes256-gcm@openssh.com",
      "aes128-gcm@openssh.com",
      "aes256-ctr",
      "aes192-ctr",
      "aes128-ctr",
    ]),
    sshd("5.1.7", "a silent client is given up", "clientaliveinterval", /^[1-9]\d*$/),
    sshd("5.1.8", "nothing is forwarded", "disableforwarding", "yes"),
    sshd("5.1.9", "there is no GSSAPI", "gssapiauthentication", "no"),
    sshd("5.1.10", "a host does not vouch for its people", "hostbasedauthentication", "no"),
    sshd("5.1.11", "rhosts files are not read", "ignorerhosts", "yes"),
    says(
      "5.1.12",
      "no key exchange with SHA-1",
      "sshd -T | grep '^kexalgorithms ' | tr ',' '\\n' | grep 'sha1$'",
      "",
    ),
    sshd("5.1.13", "a login is done in a minute", "logingracetime", /^([1-9]|[1-5]\d|60)$/),
    sshd("5.1.14", "it logs who came", "loglevel", /^(VERBOSE|INFO)$/),
    says(
      "5.1.15",
      "no message authentication with MD5, SHA-1, short tags or UMAC",
      "sshd -T | sed -n 's/^macs //p' | tr ',' '\\n' | grep -E 'md5|sha1|-96|umac'",
      "",
    ),
    sshd("5.1.16", "a connection has four tries at most", "maxauthtries", /^[1-4]$/),
    sshd("5.1.17", "and ten sessions", "maxsessions", /^([1-9]|10)$/),
    sshd("5.1.18", "connections that have not logged in are bounded", "maxstartups", "10:30:60"),
    sshd("5.1.19", "no empty passwords", "permitemptypasswords", "no"),
    sshd("5.1.20", "root does not log in", "permitrootlogin", "no"),
    sshd("5.1.21", "a person cannot set variables for the login", "permituserenvironment", "no"),
    sshd("5.1.22", "PAM has a say", "usepam", "yes"),
    says("5.2.1", "sudo is installed", "dpkg-query -W -f '${Status}' sudo", "install ok installed"),
    says(
      "5.2.2",
      "a command gets a terminal of its own",
      `grep -rlE '^Defaults use_pty$' ${sudoers} | tail -n 1`,
      /\S/,
    ),
    says("5.2.3", "sudo has a log file of its own", `grep -rhE '^Defaults.*\\blogfile=' ${sudoers}`, /\S/),
    says("5.2.4", "nobody goes without a password", `grep -rhE '^[^#].*NOPASSWD' ${sudoers}`, ""),
    says("5.2.5", "nor is one spared for all", `grep -rhE '^[^#].*!authenticate' ${sudoers}`, ""),
    says(
      "5.2.6",
      "one is asked for again after 15 minutes",
      `grep -rhE '^Defaults.*timestamp_timeout' ${sudoers}`,
      "",
    ),
    says(
      "5.2.7",
      "su is for a group without members",
      "sed -nE 's/^auth\\s+required\\s+pam_wheel.so .*use_uid.* group=(\\S+)$/\\1/p' /etc/pam.d/su | xargs getent group",
      /^\w+:x:\d+:$/,
    ),
    says("5.4.2.1", "only root is 0", "getent passwd | awk -F: '$3 == 0 { print $1 }'", "root"),
    says("5.4.2.2", "only root is in group 0", "getent passwd | awk -F: '$4 == 0 { print $1 }'", "root"),
    says("5.4.2.3", "only one group is 0", "getent group | awk -F: '$3 == 0 { print $1 }'", "root"),
    says("5.4.2.4", "root has a password or none that works", "passwd -S root | cut -d ' ' -f 2", /^[LP]$/),
    says(
      "5.4.2.5",
      "root's programs are root's",
      "for folder in $(bash -lc 'echo $PATH' | tr : ' '); do stat -L -c '%U %A %n' \"$folder\"; done | grep -vE '^root d....-..-. /'",
      "",
    ),
    says(
      "5.4.2.6",
      "root shares no new files",
      "grep -sE '^\\s*umask\\s+0?[0-6]?[0-6][0-6]\\s*$' /root/.bash_profile /root/.bashrc /root/.profile",
      "",
    ),
    says(
      "5.4.2.7",
      "no service has a shell",
      "getent passwd | awk -F: '$3 < 1000 && $1 !~ /^(root|sync)$/ && $7 !~ /(nologin|false)$/ { print $1 }'",
      "",
    ),
    says(
      "5.4.2.8",
      "what has no shell has no password",
      "getent passwd | awk -F: '$7 ~ /(nologin|false)$/ { print $1 }' | xargs -n 1 passwd -S | awk '$2 != \"L\"'",
      "",
    ),
    says("5.4.3.1", "nologin is no shell to choose", "grep -c nologin /etc/shells", "0"),
    says(
      "5.4.3.2",
      "an idle shell ends",
      "grep -rhE '^\\s*(readonly |export )?TMOUT=' /etc/profile /etc/profile.d",
      /\S/,
    ),
    says(
      "5.4.3.3",
      "new files are not for others to read",
      "sed -nE 's/^UMASK\\s+//p' /etc/login.defs",
      /^0?[0-7]?[2367]7$/,
    ),
    isActive("6.1.1.1", "the journal is written", "systemd-journald.service"),
    says(
      "6.1.1.3",
      "within bounds",
      `${journald} | grep -cE '^(SystemMaxUse|SystemKeepFree|MaxRetentionSec)='`,
      "3",
    ),
    says("6.1.1.4", "there is no second log", "systemctl is-active rsyslog.service", /^inactive$/),
    says(
      "6.1.2.2",
      "nothing passes on to one",
      `${journald} | grep -E '^ForwardToSyslog=' | tail -n 1`,
      "ForwardToSyslog=no",
    ),
    says(
      "6.1.2.3",
      "what is large is compressed",
      `${journald} | grep -E '^Compress=' | tail -n 1`,
      /^$|^Compress=yes$/,
    ),
    says(
      "6.1.2.4",
      "it outlives a restart",
      `${journald} | grep -E '^Storage=' | tail -n 1`,
      "Storage=persistent",
    ),
    says("6.1.4.1", "logs are not for everybody to read", "find /var/log -type f -perm /137 | head -n 1", ""),
    isActive("6.2.1.1", "auditd runs", "auditd.service"),
    files("7.1.1", "accounts are for root to write", "644 root root", "/etc/passwd"),
    files("7.1.2", "and what they were before", "644 root root", "/etc/passwd-"),
    files("7.1.3", "so are groups", "644 root root", "/etc/group"),
    files("7.1.4", "and what they were before", "644 root root", "/etc/group-"),
    files("7.1.5", "password hashes are not for everybody to read", "640 root shadow", "/etc/shadow"),
    files("7.1.6", "nor what they were before", /^6[04]0 root (root|shadow)$/, "/etc/shadow-"),
    files("7.1.7", "nor those of groups", "640 root shadow", "/etc/gshadow"),
    files("7.1.8", "nor what those were before", /^6[04]0 root (root|shadow)$/, "/etc/gshadow-"),
    files("7.1.9", "the shells are for root to write", "644 root root", "/etc/shells"),
    files("7.1.10", "former passwords are for root to read", /^$|^600 root root$/, "/etc/security/opasswd"),
    says(
      "7.1.11",
      "what everybody can write to keeps files of others apart",
      "find / -xdev '(' -type f -o -type d ! -perm -1000 ')' -perm -0002",
      "",
    ),
    says("7.1.12", "every file belongs to somebody", "find / -xdev '(' -nouser -o -nogroup ')'", ""),
    {
      id: "7.1.13",
      asks: "every setuid program comes from Debian",
      question:
        'find / -xdev -type f -perm /6000 | while read -r file; do dpkg -S "$file" >/dev/null 2>&1 || dpkg -S "${file#/usr}" >/dev/null 2>&1 || echo "$file"; done',
      answer: "",
    },
    says("7.2.1", "hashes are not in the list of accounts", "getent passwd | awk -F: '$2 != \"x\"'", ""),
    says("7.2.2", "no password is empty", "getent shadow | awk -F: '$2 == \"\" { print $1 }'", ""),
    says(
      "7.2.3",
      "every account has its group",
      'getent passwd | cut -d: -f4 | sort -u | while read -r group; do getent group "$group" >/dev/null || echo "$group"; done',
      "",
    ),
    says("7.2.4", "nobody is in the group of password hashes", "getent group shadow | cut -d: -f4", ""),
    twice("7.2.5", "no two accounts have one number", "passwd", 3),
    twice("7.2.6", "nor two groups", "group", 3),
    twice("7.2.7", "no two accounts have one name", "passwd", 1),
    twice("7.2.8", "nor two groups", "group", 1),
    says(
      "7.2.9",
      "a home is its owner's, and nobody else looks in",
      "getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $6, $1 }' | while read -r home login; do stat -c '%a %U' \"$home\" | grep -v \"^700 $login$\"; done",
      "",
    ),
    says(
      "7.2.10",
      "and so are the files that programs read there",
      "find /home /root -xdev -name '.*' -type f '(' -perm /022 -o -name .netrc -o -name .rhosts -o -name .forward ')'",
      "",
    ),
  ],
};

function says(id: string, asks: string, question: string, answer: string | RegExp): Control {
  return { id, asks, question, answer };
}

function isActive(id: string, asks: string, unit: string): Control {
  return says(id, asks, `systemctl is-active ${unit}`, "active");
}

function partition(id: string, folder: string): Control {
  return says(
    id,
    `${folder} is a file system of its own`,
    `findmnt -n -o TARGET --mountpoint ${folder}`,
    folder,
  );
}

function shm(id: string, option: string): Control {
  return says(
    id,
    `/dev/shm is mounted ${option}`,
    `findmnt -n -o OPTIONS --mountpoint /dev/shm | grep -ow ${option}`,
    option,
  );
}

function twice(id: string, asks: string, database: string, field: number): Control {
  return says(id, asks, `getent ${database} | cut -d: -f${String(field)} | sort | uniq -d`, "");
}
