#include <cstdio>

int main() {
    std::puts("brugwacht " BRUGWACHT_VERSION);
    return 0;
}
