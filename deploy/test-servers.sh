#!/usr/bin/env bash
# Installs what the tests need beside Python and Node, from Debian's packages, when it may; says plainly when it may not.
set -eu
declare -A packages=(
  [chromium]=chromium [pdftotext]=poppler-utils [initdb]=postgresql [turnserver]=coturn [janus]=janus
)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null 2>&1 && continue
  [ "$program" = initdb ] && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && continue
  missing+=("${packages[$program]}")
done
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
/usr/bin/python3 -c 'import gi; gi.require_version("ICalGLib", "3.0")' 2>/dev/null || missing+=(python3-gi gir1.2-ical-3.0)
[ -x /usr/sbin/dovecot ] || missing+=(dovecot-imapd)
ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || missing+=(libpango-1.0-0 libpangoft2-1.0-0)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
else
  echo "Tests that need these Debian packages are skipped: ${missing[*]}"
fi
