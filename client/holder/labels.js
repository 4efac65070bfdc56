// What the holder's page itself says. Refusals, minutes and what is told of a list come from words.json, as the tool says them.

/** @type {Record<string, {id: string, en: string}>} */
export const LABELS = {
  "title": { id: "Alat pemegang kunci", en: "Key holder's tool" },
  "skip": { id: "Langsung ke isi", en: "Skip to the content" },
  "tasks": { id: "Pekerjaan", en: "Tasks" },
  "offline": {
    id: "Halaman ini bekerja tanpa jaringan. Tidak ada yang dikirim; semua berkas tetap di komputer ini.",
    en: "This page works without a network. Nothing is sent; every file stays on this computer.",
  },

  "start": { id: "Mulai di sini", en: "Start here" },
  "start-lead": {
    id: "Untuk kantor di luar pengelola kepegawaian yang memegang kunci satu lapisan segel lembar jawaban.",
    en: "For an office outside HR that holds the key of one layer of the sealed ballots.",
  },
  "start-before": { id: "Sebelum periode dibuka", en: "Before the cycle opens" },
  "start-make": {
    id: "Buat kunci, simpan kelima berkasnya, dan serahkan hanya kunci publik kepada pengelola.",
    en: "Make a key, save its five files, and hand only the public key to HR.",
  },
  "start-prove": {
    id: "Jawab teks uji dua kali: sekali dengan berkas kunci, sekali dengan dua dari tiga bagian.",
    en: "Answer the challenge twice: once with the key file, once with two of the three shares.",
  },
  "start-after": { id: "Setelah periode ditutup", en: "After the cycle is closed" },
  "start-open": {
    id: "Terima daftar dari pengelola, dan jumlah serta hash-nya lewat jalan lain, misalnya telepon. Buka daftar, "
      + "serahkan daftar berikutnya, lalu cetak dan tandatangani berita acara.",
    en: "Take the list from HR, and its number and hash by another way, for example by telephone. Open the list, hand on "
      + "the next one, then print and sign the minutes.",
  },
  "start-genuine": { id: "Apakah halaman ini asli?", en: "Is this page genuine?" },
  "start-hash": {
    id: "Hitung SHA-256 berkas ini dan cocokkan dengan yang diumumkan: certutil -hashfile NAMA-BERKAS SHA256 (Windows), "
      + "shasum -a 256 NAMA-BERKAS (macOS, Linux).",
    en: "Compute the SHA-256 of this file and compare it with the published one: certutil -hashfile FILE SHA256 (Windows), "
      + "shasum -a 256 FILE (macOS, Linux).",
  },
  "start-limit": {
    id: "Terukur: 50.000 lembar dalam satu sampai dua menit dengan memori 2,5 GB, 100.000 lembar dalam dua sampai empat "
      + "menit dengan 3,5 GB. Untuk daftar yang lebih besar, atau komputer dengan memori kurang dari 8 GB, pakailah "
      + "python -m protocol.",
    en: "Measured: 50,000 ballots in one to two minutes with 2.5 GB of memory, 100,000 in two to four with 3.5 GB. For a "
      + "larger list, or a computer with less than 8 GB of memory, use python -m protocol.",
  },

  "make": { id: "Buat kunci", en: "Make a key" },
  "make-lead": { id: "Kunci baru untuk satu lapisan satu periode.", en: "A new key for one layer of one cycle." },
  "made": {
    id: "Kunci dibuat. Simpan kelima berkas sekarang: kunci hanya ada di halaman ini sampai disimpan.",
    en: "The key is made. Save the five files now: the key is only in this page until it is saved.",
  },
  "fingerprint": { id: "Sidik kunci publik", en: "Fingerprint of the public key" },
  "fingerprint-hint": {
    id: "Bacakan sidik ini kepada pengelola; halaman mereka harus menampilkan yang sama.",
    en: "Read this out to HR; their page must show the same.",
  },
  "save-public": { id: "Simpan kunci publik (untuk pengelola)", en: "Save the public key (for HR)" },
  "save-key": { id: "Simpan kunci rahasia", en: "Save the secret key" },
  "save-share": { id: "Simpan bagian {number} dari 3", en: "Save share {number} of 3" },
  "keep": {
    id: "Kunci rahasia dan ketiga bagian disimpan di empat tempat berbeda, misalnya empat diska lepas dalam amplop "
      + "bersegel. Dua bagian sudah dapat membuka; satu bagian tidak berarti apa-apa.",
    en: "Keep the secret key and the three shares at four different places, for example on four drives in sealed "
      + "envelopes. Two shares can open; one tells nothing.",
  },

  "split": { id: "Bagi kunci", en: "Split a key" },
  "split-lead": {
    id: "Buat tiga bagian baru dari berkas kunci. Bagian yang lama tidak cocok dengan yang baru: tariklah semuanya.",
    en: "Make three new shares of a key file. Old shares do not fit the new ones: take all of them back.",
  },
  "splitted": {
    id: "Tiga bagian dibuat. Simpan masing-masing di tempat berbeda.",
    en: "Three shares are made. Keep each at another place.",
  },

  "prove": { id: "Jawab teks uji", en: "Answer the challenge" },
  "prove-lead": { id: "Bukti bagi server bahwa kunci berfungsi.", en: "The proof for the server that the key works." },
  "proved": {
    id: "Kunci berfungsi. Serahkan jawaban ini kepada pengelola.",
    en: "The key works. Hand this answer to HR.",
  },
  "save-answer": { id: "Simpan jawaban", en: "Save the answer" },

  "check": { id: "Periksa daftar", en: "Check a list" },
  "check-lead": {
    id: "Cocokkan daftar dengan jumlah dan hash yang diberitahukan lewat jalan lain, tanpa membukanya.",
    en: "Compare a list with the number and hash told by another way, without opening it.",
  },

  "open": { id: "Buka daftar", en: "Open a list" },
  "open-lead": {
    id: "Buka satu lapisan, acak urutannya, dan tulis daftar berikutnya serta berita acara.",
    en: "Open one layer, shuffle it, and write the next list and the minutes.",
  },
  "opened": {
    id: "{before} lembar diterima, {after} dibuka dan diacak, {left_out} tidak terbuka atau berulang.",
    en: "{before} ballots received, {after} opened and shuffled, {left_out} unreadable or repeated.",
  },
  "tell": { id: "Beritahukan kepada penerima lewat jalan lain:", en: "Tell the next one by another way:" },
  "told-count": { id: "Jumlah lembar", en: "Number of ballots" },
  "told-hash": { id: "Hash", en: "Hash" },
  "save-list": { id: "Simpan daftar berikutnya", en: "Save the next list" },
  "print": { id: "Cetak berita acara", en: "Print the minutes" },

  "cycle": { id: "Kode periode penilaian", en: "Code of the cycle" },
  "cycle-hint": { id: "Tertera di halaman Pemegang kunci milik pengelola.", en: "It stands on HR's page Key holders." },
  "layer": { id: "Lapisan", en: "Layer" },
  "layer-1": { id: "1, segel luar", en: "1, the outer seal" },
  "layer-2": { id: "2, segel dalam", en: "2, the inner seal" },
  "office": { id: "Nama kantor pemegang kunci", en: "Name of the office that holds the key" },
  "source": { id: "Kunci diambil dari", en: "The key comes from" },
  "source-key": { id: "berkas kunci", en: "the key file" },
  "source-shares": { id: "dua dari tiga bagian", en: "two of the three shares" },
  "key": { id: "Berkas kunci rahasia", en: "Secret key file" },
  "share-a": { id: "Bagian pertama", en: "First share" },
  "share-b": { id: "Bagian kedua", en: "Second share" },
  "challenge": { id: "Berkas teks uji", en: "Challenge file" },
  "list": { id: "Berkas daftar", en: "List file" },
  "count": { id: "Jumlah lembar yang diberitahukan", en: "Number of ballots you were told" },
  "hash": { id: "Hash yang diberitahukan", en: "Hash you were told" },
  "hash-hint": {
    id: "64 angka dan huruf a sampai f; spasi boleh. Ketik dari pemberitahuan, jangan salin dari daftar.",
    en: "64 digits and letters a to f; spaces may stand in it. Type it as you were told it, do not copy it from the list.",
  },
  "holder": { id: "Nama pemegang kunci, untuk berita acara", en: "Name of the key holder, for the minutes" },
  "reason": { id: "Alasan membuka daftar yang di luar batas", en: "Why a list beyond the limits is opened" },
  "reason-hint": {
    id: "Kosongkan, kecuali daftar ditolak karena terlalu sedikit atau terlalu banyak yang tidak terbuka.",
    en: "Leave it empty unless the list was refused for too few ballots or too many that do not open.",
  },

  "problem": { id: "Periksa dulu yang ini", en: "Please look at this first" },
  "missing": { id: "{label}: belum diisi.", en: "{label}: is missing." },
  "no-count": { id: "Jumlah lembar harus bilangan bulat.", en: "The number of ballots must be a whole number." },
  "no-hash": { id: "Hash terdiri dari 64 angka dan huruf a sampai f.", en: "A hash has 64 digits and letters a to f." },
  "saved": { id: "disimpan", en: "saved" },
  "working": { id: "Sedang dikerjakan: {percent} %. Jangan tutup halaman ini.", en: "Working: {percent} %. Keep this page open." },
  "fault": {
    id: "Berkas tidak dapat dibaca atau memori komputer tidak cukup ({detail}). Tidak ada yang ditulis.",
    en: "The file cannot be read, or this computer has not enough memory ({detail}). Nothing was written.",
  },
};
