/** What the cloud sells: server types, locations and system images, as far as the sandbox offers them. */

export interface Location {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly country: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly network_zone: string;
}

export const locations: readonly Location[] = [
  location(1, "fsn1", "Falkenstein DC Park 1", "DE", "Falkenstein", 50.47612, 12.370071),
  location(2, "nbg1", "Nuremberg DC Park 1", "DE", "Nuremberg", 49.452102, 11.076665),
  location(3, "hel1", "Helsinki DC Park 1", "FI", "Helsinki", 60.169855, 24.938379),
];

function location(
  id: number,
  name: string,
  description: string,
  country: string,
  city: string,
  latitude: number,
  longitude: number,
): Location {
  return { id, name, description, country, city, latitude, longitude, network_zone: "eu-central" };
}

/** Data centre of a location: servers still show one, as the official provider reads it. */
export const datacenterNames: Readonly<Record<string, string>> = {
  fsn1: "fsn1-dc14",
  nbg1: "nbg1-dc3",
  hel1: "hel1-dc2",
};

export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly cores: number;
  /** Memory in GB. */
  readonly memory: number;
  /** Disk in GB. */
  readonly disk: number;
}

export const serverTypes: readonly ServerType[] = [
  { id: 22, name: "cpx11", cores: 2, memory: 2, disk: 40 },
  { id: 23, name: "cpx21", cores: 3, memory: 4, disk: 80 },
  { id: 24, name: "cpx31", cores: 4, memory: 8, disk: 160 },
  { id: 25, name: "cpx41", cores: 8, memory: 16, disk: 240 },
  { id: 104, name: "cx22", cores: 2, memory: 4, disk: 40 },
  { id: 105, name: "cx32", cores: 4, memory: 8, disk: 80 },
  { id: 106, name: "cx42", cores: 8, memory: 16, disk: 160 },
  { id: 107, name: "cx52", cores: 16, memory: 32, disk: 320 },
];

/** Id of the one system image, debian-12: what a MachineDriver boots when it is not a snapshot. */
export const debianImageId = 12;
export const debianImageName = "debian-12";
