#!/usr/bin/env python3
"""Builds audit.log and audit.4.8.log from ../rich (a real capture of Samba 4.17, success=all failure=all).

No Samba <= 4.9 was at hand. The operation names and the path forms follow the public source of vfs_full_audit.c, 4.9.5
and 4.8.5. Each line keeps the time and the prefix of the 4.17 line it comes from; lines without a counterpart are dropped.
  openat                -> open, only the open that belongs to a create_file with data access (the O_PATH opens of later
                           versions do not exist there); a failed openat -> open, if the error is not "No such file"
                           (a missing name was found by stat then, which this list does not log)
  fdopendir             -> fdopendir after a create_file of the folder with bit 0x1; else (a name look-up) opendir
  mkdirat               -> mkdir;  unlinkat -> unlink, or rmdir for a folder;  renameat -> rename
  pread_recv/pwrite_recv-> pread / pwrite (server with "aio read size = 0"); pread_send/pwrite_send dropped
  connect, disconnect, create_file, ftruncate stay.
Paths: in 4.9 mkdir, rmdir and opendir log the path RELATIVE to the share, the other operations the full path
(audit.log); in 4.8 and older all of them are relative, the share root is "." (audit.4.8.log).
Usage: build.py  (reads ../rich/audit.log or ../rich/audit.log.xz, writes both files beside itself)
"""
import lzma, os
ROOT = '/srv/share'
here = os.path.dirname(os.path.abspath(__file__))
src = os.path.join(here, '..', 'rich', 'audit.log')
text = open(src, encoding='utf-8').read() if os.path.exists(src) else lzma.open(src + '.xz', 'rt', encoding='utf-8').read()

def rel(p):
    if p.rstrip('/') == ROOT: return '.'
    return p[len(ROOT) + 1:] if p.startswith(ROOT + '/') else p

out = []       # (line, head, op, result, fixed arguments, [paths])
last_open = {} # path -> (line, head, mode): the newest openat of the path
folders = set(); listed = None
for no, line in enumerate(text.split('\n')):
    if not line: continue
    f = line.split('|', 6)                       # 'time host tag: user', ip, machine, share, op, result, rest
    head, op, res, rest = '|'.join(f[:4]), f[4], f[5], f[6] if len(f) > 6 else ''
    if op in ('connect', 'disconnect'):
        out.append((no, head, op, res, rest, [])); last_open = {}; listed = None
    elif op == 'openat':
        mode, path = rest.split('|', 1)
        if res == 'ok': last_open[path] = (no, head, mode)
        elif 'No such file' not in res: out.append((no, head, 'open', res, mode, [path]))
    elif op == 'create_file':
        mask, kind, disp, path = rest.split('|', 3)
        if kind == 'dir': folders.add(path)
        data = int(mask, 16) & 0x7               # read, write or append data; for a folder 0x1 = list
        if res == 'ok' and data and path in last_open:
            n, h, mode = last_open[path]; out.append((n, h, 'open', 'ok', mode, [path]))
        listed = path if res == 'ok' and kind == 'dir' and int(mask, 16) & 1 else None
        out.append((no, head, op, res, f'{mask}|{kind}|{disp}', [path]))
    elif op == 'fdopendir':
        out.append((no, head, 'fdopendir' if rest == listed else 'opendir', res, '', [rest])); listed = None
    elif op == 'mkdirat': folders.add(rest); out.append((no, head, 'mkdir', res, '', [rest]))
    elif op == 'unlinkat': out.append((no, head, 'rmdir' if rest in folders else 'unlink', res, '', [rest]))
    elif op == 'renameat':
        i = rest.index('|' + ROOT + '/'); out.append((no, head, 'rename', res, '', [rest[:i], rest[i + 1:]]))
    elif op in ('pread_recv', 'pwrite_recv'): out.append((no, head, op[:-5], res, '', [rest]))
    elif op == 'ftruncate': out.append((no, head, op, res, '', [rest.split('|')[0]]))
out.sort(key=lambda x: x[0])

for name, relative in (('audit.log', {'mkdir', 'rmdir', 'opendir'}), ('audit.4.8.log', None)):
    with open(os.path.join(here, name), 'w', encoding='utf-8') as w:
        for _, head, op, res, args, paths in out:
            ps = [rel(p) if relative is None or op in relative else p for p in paths]
            w.write('|'.join([head, op, res] + ([args] if args else []) + ps) + '\n')
