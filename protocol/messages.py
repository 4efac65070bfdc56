"""What the holder's tool says, in Indonesian and English."""

from collections.abc import Mapping

LANGUAGES = ("id", "en")

REFUSALS: Mapping[str, Mapping[str, str]] = {
    "not_our_file": {
        "id": "Ini bukan berkas Cermin.",
        "en": "This is not a file of Cermin.",
    },
    "another_kind": {
        "id": "Berkas ini berjenis «{kind}»; yang diperlukan «{wanted}».",
        "en": "This file is a “{kind}”; a “{wanted}” is needed.",
    },
    "damaged": {
        "id": "Berkas ini rusak atau terpotong. Mintalah salinan baru.",
        "en": "This file is damaged or cut off. Ask for a new copy.",
    },
    "shares_do_not_fit": {
        "id": "Kedua bagian kunci ini tidak berpasangan. Pakailah dua bagian berbeda dari kunci yang sama.",
        "en": "These two shares do not fit. Use two different shares of one key.",
    },
    "wrong_challenge": {
        "id": "Teks uji ini untuk periode {cycle}, lapisan {layer}; kunci ini bukan untuk itu.",
        "en": "This challenge is for cycle {cycle}, layer {layer}; the key is not.",
    },
    "wrong_key": {
        "id": "Kunci ini tidak cocok: tidak ada yang dapat dibuka.",
        "en": "The key does not fit: nothing can be opened with it.",
    },
    "not_a_list": {
        "id": "Ini bukan daftar lembar jawaban.",
        "en": "This is not a list of ballots.",
    },
    "wrong_list": {
        "id": "Daftar ini milik periode {cycle}, lapisan {layer}; bukan itu yang harus dibuka.",
        "en": "This list is of cycle {cycle}, layer {layer}; that is not the one to be opened.",
    },
    "not_as_told": {
        "id": "Daftar ini tidak sesuai pemberitahuan: berisi {count} lembar, hash {hash}. Jangan dibuka; "
        "hubungi pengawas.",
        "en": "The list is not as you were told: it holds {count} ballots, hash {hash}. Do not open it; "
        "call the auditor.",
    },
    "repeated": {
        "id": "Ada lembar jawaban yang muncul dua kali. Jangan dibuka; hubungi pengawas.",
        "en": "A ballot stands there twice. Do not open the list; call the auditor.",
    },
    "too_few": {
        "id": "Daftar ini hanya berisi {count} lembar; di bawah {fewest} lembar, jawaban seseorang dapat "
        "dipilah. Jika tetap harus dibuka, tuliskan alasannya; alasan itu masuk berita acara.",
        "en": "The list holds only {count} ballots; below {fewest}, somebody's ballot can be picked out. If "
        "it must be opened all the same, say why; the reason goes to the minutes.",
    },
    "unreadable": {
        "id": "{left_out} dari {count} lembar tidak dapat dibuka atau berulang; batasnya dua dari seratus. "
        "Hubungi pengawas. Jika tetap harus dibuka, tuliskan alasannya; alasan itu masuk berita acara.",
        "en": "{left_out} of {count} ballots do not open or repeat others; the limit is two in a hundred. "
        "Call the auditor. If the list must be opened all the same, say why; the reason goes to the "
        "minutes.",
    },
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "tool": {
        "id": "Alat pemegang kunci Cermin. Jalankan di komputer kantor Anda, tidak di server.",
        "en": "The key holder's tool of Cermin. Run it on a computer of your office, not on the server.",
    },
    "make-key": {
        "id": "Buat kunci baru untuk satu lapisan.",
        "en": "Make a new key for a layer.",
    },
    "prove": {
        "id": "Jawab teks uji dari server: bukti bahwa kunci berfungsi.",
        "en": "Answer the server's challenge: the proof that the key works.",
    },
    "split": {
        "id": "Bagi kunci menjadi tiga bagian; dua bagian cukup untuk memulihkannya.",
        "en": "Split a key into three shares; two of them give it back.",
    },
    "open": {
        "id": "Buka satu lapisan daftar, acak, dan tulis daftar berikutnya.",
        "en": "Open one layer of a list, shuffle it, and write the next list.",
    },
    "check-list": {
        "id": "Periksa daftar tanpa membukanya.",
        "en": "Check a list without opening it.",
    },
    "language": {"id": "bahasa pesan: id atau en", "en": "language of the messages: id or en"},
    "cycle": {"id": "kode periode penilaian", "en": "key of the cycle"},
    "layer": {"id": "lapisan: 1 (luar) atau 2 (dalam)", "en": "layer: 1 (outer) or 2 (inner)"},
    "office": {"id": "nama kantor pemegang kunci", "en": "name of the office that holds the key"},
    "new-key": {"id": "berkas kunci rahasia yang akan ditulis", "en": "the secret key file to be written"},
    "new-public": {
        "id": "berkas kunci publik yang akan ditulis, untuk server",
        "en": "the public key file to be written, for the server",
    },
    "key": {"id": "berkas kunci rahasia", "en": "the secret key file"},
    "shares": {
        "id": "dua berkas bagian kunci, pengganti --key",
        "en": "two share files, instead of --key",
    },
    "folder": {"id": "folder untuk ketiga bagian", "en": "folder for the three shares"},
    "challenge": {"id": "berkas teks uji dari server", "en": "the server's challenge file"},
    "answer": {"id": "berkas jawaban yang akan ditulis", "en": "the answer file to be written"},
    "list": {"id": "berkas daftar lembar jawaban", "en": "the list file"},
    "count": {
        "id": "jumlah lembar yang diberitahukan lewat jalan lain",
        "en": "the number of ballots told by another way",
    },
    "hash": {
        "id": "hash yang diberitahukan lewat jalan lain (64 angka heksadesimal)",
        "en": "the hash told by another way (64 hexadecimal digits)",
    },
    "output": {"id": "berkas daftar berikutnya yang akan ditulis", "en": "the next list file to be written"},
    "minutes": {"id": "berkas berita acara yang akan ditulis", "en": "the file of the minutes to be written"},
    "holder": {
        "id": "nama pemegang kunci, untuk berita acara",
        "en": "name of the key holder, for the minutes",
    },
    "reason": {
        "id": "alasan membuka daftar yang di luar batas",
        "en": "why a list beyond the limits is opened",
    },
    "bad-arguments": {
        "id": "Perintah tidak lengkap atau keliru: {detail}",
        "en": "The command is incomplete or wrong: {detail}",
    },
    "file-exists": {
        "id": "{path} sudah ada dan tidak ditimpa. Pilih nama lain.",
        "en": "{path} exists and is not written over. Choose another name.",
    },
    "file-problem": {"id": "{path}: {detail}", "en": "{path}: {detail}"},
    "reason-option": {"id": "Alasan ditulis dengan --reason.", "en": "The reason is given with --reason."},
    "refused": {"id": "DITOLAK. {detail}", "en": "REFUSED. {detail}"},
    "key-made": {
        "id": "Kunci dibuat. Simpan {key} di luar server, rahasiakan, dan buat bagian cadangannya (split).\n"
        "Serahkan {public} kepada pengelola. Sidik kunci publik: {fingerprint}",
        "en": "The key is made. Keep {key} off the server, keep it secret, and make its shares (split).\n"
        "Hand {public} to the people who run the service. Fingerprint of the public key: {fingerprint}",
    },
    "proved": {
        "id": "Kunci berfungsi. Kirim {answer} ke server.",
        "en": "The key works. Send {answer} to the server.",
    },
    "split-done": {
        "id": "Tiga bagian ditulis di {folder}. Simpan masing-masing di tempat berbeda; dua bagian sudah "
        "dapat membuka.",
        "en": "Three shares are written to {folder}. Keep each at another place; two of them can open.",
    },
    "list-fits": {
        "id": "Daftar utuh dan sesuai pemberitahuan: periode {cycle}, lapisan {layer}, {count} lembar.",
        "en": "The list is whole and as you were told: cycle {cycle}, layer {layer}, {count} ballots.",
    },
    "opened": {
        "id": "{before} lembar diterima, {after} dibuka dan diacak, {left_out} tidak terbuka atau berulang.\n"
        "Beritahukan kepada penerima lewat jalan lain: {after} lembar, hash {hash}\n"
        "Cetak dan tandatangani {minutes}.",
        "en": "{before} ballots received, {after} opened and shuffled, {left_out} unreadable or repeated.\n"
        "Tell the next one by another way: {after} ballots, hash {hash}\n"
        "Print and sign {minutes}.",
    },
    "progress": {"id": "Membuka: {done} dari {count}", "en": "Opening: {done} of {count}"},
}


def say(language: str, name: str, **values: object) -> str:
    """Return a text of the tool in a language."""
    return TEXTS[name][language].format(**values)


def explain(language: str, code: str, detail: Mapping[str, object]) -> str:
    """Return a refusal in words, with what the holder should do."""
    return REFUSALS[code][language].format(**detail)
