/* The smallest honest engine: one small artifact in flight-plan, nothing in take-off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv) {
  static char input[1 << 20], path[4096];
  const char *mode = "flight-plan", *directory = getenv("CABINCREW_ARTIFACTS_DIR");
  size_t read = fread(input, 1, sizeof input, stdin);
  for (int i = 1; i + 1 < argc; i++)
    if (!strcmp(argv[i], "--mode")) mode = argv[i + 1];
  int plan = !strcmp(mode, "flight-plan");
  if (read == 0 || !directory) return 2;
  if (plan) {
    snprintf(path, sizeof path, "%s/note", directory);
    mkdir(path, 0755);
    strncat(path, "/artifact.json", sizeof path - strlen(path) - 1);
    FILE *file = fopen(path, "w");
    if (!file) return 1;
    fputs(DOCUMENT, file);
    fclose(file);
  }
  printf("{\"protocol_version\":\"draft\",\"engine_id\":\"engine\",\"mode\":\"%s\",\"receipt_id\":\"r\",\"status\":\"success\",\"artifacts\":[%s]}\n",
         mode, plan ? "{\"name\":\"note\",\"role\":\"evidence\",\"path\":\"note/artifact.json\",\"hash\":\"" HASH "\"}" : "");
  return 0;
}
