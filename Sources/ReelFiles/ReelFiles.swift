// ReelFiles: sound in files. It makes files of what a recorder yields, so that they play at every moment and can be
// trusted afterwards, and reads what people have. It must never know where sound comes from or what becomes of a file.
