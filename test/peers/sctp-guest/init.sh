#!/bin/sh
# First process of the guest (User-Mode Linux). Its root is the machine's own, read-only; what must be writable is memory of the guest.
# The kernel's command line hands over: GUEST_OUT, a folder of the machine that is writable at /run/out; GUEST_CWD, where the command runs.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TERM=dumb
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs tmpfs /run
mkdir -p /run/modules/lib /run/lock /run/out
ln -s /usr/lib/uml/modules /run/modules/lib/modules
# The machine's root has no modules of this kernel: those that it asks for by itself come by this wrapper too.
printf '#!/bin/sh\nexec modprobe -d /run/modules "$@"\n' > /run/modprobe
chmod 755 /run/modprobe
echo /run/modprobe > /proc/sys/kernel/modprobe
# Without a hash for its cookies SCTP cannot listen: ENOSYS.
for module in hmac md5 sctp; do modprobe -d /run/modules "$module"; done
ip link set lo up
mount -t hostfs -o "$GUEST_OUT" none /run/out
# A working folder that one of the mounts above has covered is mounted again, read-only.
if [ ! -d "$GUEST_CWD" ]; then
  mkdir -p "$GUEST_CWD"
  mount -t hostfs -o "ro,$GUEST_CWD" none "$GUEST_CWD"
fi
cd "$GUEST_CWD" || cd /
export OUT=/run/out
sh /run/out/command > /run/out/stdout 2> /run/out/stderr < /dev/null
echo $? > /run/out/status
sync
/bin/busybox poweroff -f
