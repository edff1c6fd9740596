#pragma once

// Makes a private key and a certificate of its own for `localhost`, 127.0.0.1 and ::1, good for ten years, and writes
// them as PEM; the key's file may be read by its owner alone. Both names must be free. Gives 0, or -1 where either could
// not be made, and then leaves neither.
int reel_make_certificate(const char *_Nonnull certificate_path, const char *_Nonnull key_path);
